package dev.graft.runtime.generate.chat.jinja;

/** What can be called. */
@FunctionalInterface
interface Function {
    Object call(Arguments arguments);
}
