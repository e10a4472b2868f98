package dev.graft.runtime.generate.chat.jinja;

/** What a value goes through behind a bar. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments);
}
