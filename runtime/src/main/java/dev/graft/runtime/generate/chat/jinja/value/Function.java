package dev.graft.runtime.generate.chat.jinja.value;

/** What can be called. */
@FunctionalInterface
public interface Function {
    /** What it gives for the arguments of a call. */
    Object call(Arguments arguments);
}
