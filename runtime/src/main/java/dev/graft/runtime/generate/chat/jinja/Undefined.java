package dev.graft.runtime.generate.chat.jinja;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;

/** What is not there: empty as a text, false as a condition, an error to anybody who wants something of it. */
final class Undefined {
    private final String message;

    private Undefined(String message) {
        this.message = message;
    }

    static Undefined of(String message) {
        return new Undefined(message);
    }

    private static String shortened(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "..." : name;
    }

    static Undefined variable(String name) {
        return new Undefined("'" + shortened(name) + "' is undefined");
    }

    static Undefined attribute(Object of, String name) {
        return new Undefined("'" + Types.name(of) + "' has no attribute '" + shortened(name) + "'");
    }

    JinjaException error() {
        return JinjaException.of(message);
    }
}
