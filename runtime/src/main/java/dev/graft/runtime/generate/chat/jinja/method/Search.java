package dev.graft.runtime.generate.chat.jinja.method;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Types;

/** Where and how often a text is within a text, counted in characters. */
final class Search {
    private Search() {}

    static Object call(Run run, String text, String name, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("sub", "start", "end");
        String part = part(text, bound);
        String wanted = Types.text(bound.need("sub"));
        run.chargeSearch(part, wanted);
        if (name.equals("count")) {
            return count(part, wanted);
        }
        int at = name.startsWith("r") ? part.lastIndexOf(wanted) : part.indexOf(wanted);
        if (at < 0 && name.endsWith("index")) {
            throw JinjaException.of("substring not found");
        }
        return at < 0 ? -1L : start(text, bound) + Characters.length(part.substring(0, at));
    }

    private static long count(String text, String wanted) {
        if (wanted.isEmpty()) {
            return Characters.length(text) + 1L;
        }
        long count = 0;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return count;
    }

    private static long start(String text, Arguments.Bound bound) {
        return place(bound.get("start", None.NONE), 0, Characters.length(text));
    }

    private static long place(Object given, long otherwise, int length) {
        if (given == None.NONE) {
            return otherwise;
        }
        long place = Types.integer(given);
        return Math.max(0, Math.min(length, place < 0 ? place + length : place));
    }

    /** The part from the argument start to the argument end. */
    static String part(String text, Arguments.Bound bound) {
        if (!bound.has("start")) {
            return text;
        }
        int length = Characters.length(text);
        long start = start(text, bound);
        long end = place(bound.get("end", None.NONE), length, length);
        return start >= end
                ? ""
                : text.substring(text.offsetByCodePoints(0, (int) start), text.offsetByCodePoints(0, (int) end));
    }
}
