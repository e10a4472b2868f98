package dev.graft.runtime.generate.chat.jinja.format;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.value.Arguments;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code "{} {name:>5}".format(...)}; attributes and items of what is given are not reached. */
public final class BraceFormat {
    private final Run run;
    private final String format;
    private final Arguments given;
    private final Sink sink;
    private int next;

    private BraceFormat(Run run, String format, Arguments given) {
        this.run = run;
        this.format = format;
        this.given = given;
        this.sink = new Sink(run);
    }

    /** The format filled with the arguments of the call. */
    public static String format(Run run, String format, Arguments given) {
        BraceFormat formatting = new BraceFormat(run, format, given);
        formatting.run();
        return formatting.sink.toString();
    }

    private void run() {
        int at = 0;
        while (at < format.length()) {
            char character = format.charAt(at);
            boolean doubled = at + 1 < format.length() && format.charAt(at + 1) == character;
            if (character == '{' && !doubled) {
                at = field(at + 1);
            } else if (character == '}' && !doubled) {
                throw JinjaException.of("Single '}' encountered in format string");
            } else {
                int end = brace(at + 1);
                sink.add(format.substring(at, end));
                at = doubled && isBrace(character) ? end + 1 : end;
            }
        }
    }

    private int brace(int from) {
        int at = from;
        while (at < format.length() && !isBrace(format.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBrace(char character) {
        return character == '{' || character == '}';
    }

    private int field(int start) {
        run.step();
        int end = format.indexOf('}', start);
        if (end < 0) {
            throw JinjaException.of("expected '}' before end of string");
        }
        String field = format.substring(start, end);
        if (field.indexOf('{') >= 0) {
            throw JinjaException.of("a field within a field of a format is not supported");
        }
        int colon = field.indexOf(':');
        String spec = colon < 0 ? "" : field.substring(colon + 1);
        String name = colon < 0 ? field : field.substring(0, colon);
        int conversion = name.indexOf('!');
        Object value = value(conversion < 0 ? name : name.substring(0, conversion));
        sink.add(
                FieldSpec.format(run, conversion < 0 ? value : converted(value, name.substring(conversion + 1)), spec));
        return end + 1;
    }

    private Object converted(Object value, String conversion) {
        return switch (conversion) {
            case "s" -> Repr.text(run, value);
            case "r" -> Repr.of(run, value);
            default -> throw JinjaException.of("the conversion '" + conversion + "' is not supported");
        };
    }

    private Object value(String name) {
        List<Object> positional = given.positional();
        boolean place = name.isEmpty() || (name.length() < 6 && name.matches("[0-9]+"));
        if (place) {
            int index = name.isEmpty() ? next++ : Integer.parseInt(name);
            if (index >= positional.size()) {
                throw JinjaException.of("Replacement index " + index + " out of range for positional args tuple");
            }
            return positional.get(index);
        }
        @Nullable Object value = given.named().get(name);
        if (value == null) {
            throw JinjaException.of("the format has no argument '" + name + "'");
        }
        return value;
    }
}
