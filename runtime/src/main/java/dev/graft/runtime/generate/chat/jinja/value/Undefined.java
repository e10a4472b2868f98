package dev.graft.runtime.generate.chat.jinja.value;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;

/** What is not there: empty as a text, false as a condition, an error to anybody who wants something of it. */
public final class Undefined {
    private final String message;

    private Undefined(String message) {
        this.message = message;
    }

    /** Something that is not there, and the message of the error it becomes. */
    public static Undefined of(String message) {
        return new Undefined(message);
    }

    private static String shortened(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "..." : name;
    }

    /** A variable that nobody set. */
    public static Undefined variable(String name) {
        return new Undefined("'" + shortened(name) + "' is undefined");
    }

    /** An attribute or an item that a value lacks. */
    public static Undefined attribute(Object of, String name) {
        return new Undefined("'" + Types.name(of) + "' has no attribute '" + shortened(name) + "'");
    }

    /** What is thrown at whoever needs it. */
    public JinjaException error() {
        return JinjaException.of(message);
    }
}
