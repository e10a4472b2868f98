package dev.graft.runtime.generate.chat.jinja.method;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Finder;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A text in parts, as Python's {@code split} and its kin cut it. */
public final class Splitting {
    private final Run run;

    /** Cuts at the expense of a rendering. */
    public Splitting(Run run) {
        this.run = run;
    }

    Object call(String text, String name, Arguments arguments) {
        return switch (name) {
            case "splitlines" -> lines(text, arguments.bind("keepends").flag("keepends", false));
            case "partition" -> partition(text, Types.text(arguments.bind("sep").need("sep")), false);
            case "rpartition" ->
                partition(text, Types.text(arguments.bind("sep").need("sep")), true);
            default -> split(text, name.equals("rsplit"), arguments.bind("sep", "maxsplit"));
        };
    }

    private List<Object> split(String text, boolean fromRight, Arguments.Bound bound) {
        long most = bound.integer("maxsplit", -1);
        long cuts = most < 0 ? Long.MAX_VALUE : most;
        if (!bound.hasValue("sep")) {
            run.chargeExamined(text);
            return fromRight ? wordsFromRight(text, cuts) : words(text, cuts);
        }
        String separator = nonEmpty(Types.text(bound.need("sep")));
        return fromRight ? partsFromRight(text, separator, cuts) : parts(text, separator, cuts);
    }

    private static String nonEmpty(String separator) {
        if (separator.isEmpty()) {
            throw JinjaException.of("empty separator");
        }
        return separator;
    }

    private void add(List<Object> parts, String part) {
        run.chargeItems(1);
        parts.add(part);
    }

    private List<Object> parts(String text, String separator, long cuts) {
        List<Object> parts = new ArrayList<>();
        Finder finder = new Finder(run, text, separator);
        int from = 0;
        int at = finder.next(0);
        while (at >= 0 && parts.size() < cuts) {
            add(parts, text.substring(from, at));
            from = at + separator.length();
            at = finder.next(from);
        }
        add(parts, text.substring(from));
        return parts;
    }

    private List<Object> partsFromRight(String text, String separator, long cuts) {
        List<Object> parts = new ArrayList<>();
        Finder finder = new Finder(run, text, separator);
        int end = text.length();
        int at = finder.previous(end);
        while (at >= 0 && parts.size() < cuts) {
            add(parts, text.substring(at + separator.length(), end));
            end = at;
            at = at < separator.length() ? -1 : finder.previous(at - separator.length());
        }
        add(parts, text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    private List<Object> words(String text, long cuts) {
        List<Object> words = new ArrayList<>();
        int at = Characters.skipSpace(text, 0);
        while (at < text.length() && words.size() < cuts) {
            int end = at;
            while (end < text.length() && !Characters.isSpace(text.charAt(end))) {
                end++;
            }
            add(words, text.substring(at, end));
            at = Characters.skipSpace(text, end);
        }
        if (at < text.length()) {
            add(words, text.substring(at));
        }
        return words;
    }

    private List<Object> wordsFromRight(String text, long cuts) {
        List<Object> words = new ArrayList<>();
        String rest = Characters.stripRight(text, Characters::isSpace);
        int end = rest.length();
        while (end > 0 && words.size() < cuts) {
            int start = end;
            while (start > 0 && !Characters.isSpace(rest.charAt(start - 1))) {
                start--;
            }
            add(words, rest.substring(start, end));
            end = start;
            while (end > 0 && Characters.isSpace(rest.charAt(end - 1))) {
                end--;
            }
        }
        if (end > 0) {
            add(words, rest.substring(0, end));
        }
        Collections.reverse(words);
        return words;
    }

    /** Python's {@code splitlines}. */
    public List<Object> lines(String text, boolean keepEnds) {
        run.chargeExamined(text);
        List<Object> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            while (end < text.length() && !isLineEnd(text.charAt(end))) {
                end++;
            }
            int next = text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length());
            add(lines, text.substring(start, keepEnds ? next : end));
            start = next;
        }
        return lines;
    }

    private static boolean isLineEnd(char character) {
        return "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(character) >= 0;
    }

    private Tuple partition(String text, String separator, boolean last) {
        Finder finder = new Finder(run, text, nonEmpty(separator));
        int at = last ? finder.previous(text.length()) : finder.next(0);
        if (at < 0) {
            return Tuple.of(last ? List.of("", "", text) : List.of(text, "", ""));
        }
        return Tuple.of(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }
}
