package dev.graft.cli.command;

import java.util.List;

/**
 * A word of a command that has no option in front.
 *
 * @param name what it stands for, in capitals
 * @param description one line for the help page
 * @param minimum how often it must be given
 * @param maximum how often it may be given
 * @param values the words that it may be; empty where anything goes
 */
public record Argument(String name, String description, int minimum, int maximum, List<String> values) {
    public Argument {
        values = List.copyOf(values);
    }

    /** An argument that must be given once. */
    public static Argument required(String name, String description) {
        return new Argument(name, description, 1, 1, List.of());
    }

    /** An argument that may be left out. */
    public static Argument optional(String name, String description) {
        return new Argument(name, description, 0, 1, List.of());
    }

    /** An argument that is given once or more often. */
    public static Argument oneOrMore(String name, String description) {
        return new Argument(name, description, 1, Integer.MAX_VALUE, List.of());
    }

    /** An argument that is given as often as wanted. */
    public static Argument any(String name, String description) {
        return new Argument(name, description, 0, Integer.MAX_VALUE, List.of());
    }

    /** An argument that must be one of a few words. */
    public static Argument oneOf(String name, String description, String... values) {
        return new Argument(name, description, 1, 1, List.of(values));
    }

    /** As it stands in a usage line: {@code [NAME]...}. */
    String usage() {
        String word = values.isEmpty() ? name : String.join("|", values);
        return (minimum == 0 ? "[" + word + "]" : word) + (maximum > 1 ? "..." : "");
    }
}
