package dev.graft.runtime.generate.chat.jinja.value;

import java.util.List;

/** Several values that belong together; {@code names} are what a group's parts are called, or none. */
public record Tuple(List<Object> items, List<String> names) {
    /** A tuple whose parts have no names. */
    public static Tuple of(List<Object> items) {
        return new Tuple(items, List.of());
    }

    /** Two values that belong together. */
    public static Tuple of(Object first, Object second) {
        return of(List.of(first, second));
    }
}
