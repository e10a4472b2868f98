package dev.graft.runtime.generate.chat.jinja.filter;

import dev.graft.runtime.generate.chat.jinja.value.Arguments;

/** What a value goes through behind a bar. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments);
}
