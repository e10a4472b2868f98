package dev.graft.runtime.generate.chat.jinja.method;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Finder;
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
        Finder finder = new Finder(run, part, wanted);
        if (name.equals("count")) {
            return wanted.isEmpty() ? Characters.length(part) + 1L : count(finder, wanted.length());
        }
        int at = name.startsWith("r") ? finder.previous(part.length()) : finder.next(0);
        if (at < 0 && name.endsWith("index")) {
            throw JinjaException.of("substring not found");
        }
        return at < 0 ? -1L : start(text, bound) + Characters.length(part.substring(0, at));
    }

    private static long count(Finder finder, int length) {
        long count = 0;
        for (int at = finder.next(0); at >= 0; at = finder.next(at + length)) {
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
