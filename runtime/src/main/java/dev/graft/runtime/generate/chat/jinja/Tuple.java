package dev.graft.runtime.generate.chat.jinja;

import java.util.List;

/** Several values that belong together; {@code names} are what a group's parts are called, or none. */
record Tuple(List<Object> items, List<String> names) {
    static Tuple of(List<Object> items) {
        return new Tuple(items, List.of());
    }

    static Tuple of(Object first, Object second) {
        return of(List.of(first, second));
    }
}
