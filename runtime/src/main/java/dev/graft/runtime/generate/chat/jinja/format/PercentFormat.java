package dev.graft.runtime.generate.chat.jinja.format;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.text.Characters;
import dev.graft.runtime.generate.chat.jinja.text.Padding;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code "%s" % value}. */
public final class PercentFormat {
    private final Run run;
    private final String format;
    private final Object given;
    private final Sink sink;
    private int at;
    private int used;

    private PercentFormat(Run run, String format, Object given) {
        this.run = run;
        this.format = format;
        this.given = given;
        this.sink = new Sink(run);
    }

    /** The format filled with a tuple's values, a dict's, or a single one. */
    public static String format(Run run, String format, Object given) {
        run.chargeText(format.length());
        PercentFormat formatting = new PercentFormat(run, format, given);
        formatting.run();
        return formatting.sink.toString();
    }

    private void run() {
        while (at < format.length()) {
            int next = format.indexOf('%', at);
            sink.add(format.substring(at, next < 0 ? format.length() : next));
            at = next < 0 ? format.length() : next + 1;
            if (next >= 0) {
                directive();
            }
        }
        boolean all = !(given instanceof Tuple tuple)
                ? used > 0 || given instanceof Map || given instanceof List
                : used >= tuple.items().size();
        if (!all) {
            throw JinjaException.of("not all arguments converted during string formatting");
        }
    }

    private void directive() {
        run.step();
        @Nullable String name = name();
        String flags = taken("-+ 0#");
        int width = number();
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = number();
        }
        taken("hlL");
        char letter = peek();
        at++;
        if (letter == '%') {
            sink.add("%");
        } else {
            sink.add(padded(converted(letter, value(name), precision), flags, width));
        }
    }

    private char peek() {
        if (at >= format.length()) {
            throw JinjaException.of("incomplete format");
        }
        return format.charAt(at);
    }

    private @Nullable String name() {
        if (peek() != '(') {
            return null;
        }
        int end = format.indexOf(')', at);
        if (end < 0) {
            throw JinjaException.of("incomplete format key");
        }
        String name = format.substring(at + 1, end);
        at = end + 1;
        return name;
    }

    private String taken(String characters) {
        int start = at;
        while (characters.indexOf(peek()) >= 0) {
            at++;
        }
        return format.substring(start, at);
    }

    private int number() {
        if (peek() == '*') {
            throw JinjaException.of("a width of * is not supported");
        }
        String digits = taken("0123456789");
        if (digits.length() > 6) {
            throw JinjaException.of("width too big");
        }
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private Object value(@Nullable String name) {
        if (name != null) {
            @Nullable Object value = given instanceof Map<?, ?> dict ? dict.get(name) : null;
            if (value == null) {
                throw JinjaException.of("format requires the key '" + name + "'");
            }
            return value;
        }
        List<Object> values = given instanceof Tuple tuple ? tuple.items() : List.of(given);
        if (used >= values.size()) {
            throw JinjaException.of("not enough arguments for format string");
        }
        return values.get(used++);
    }

    private String converted(char letter, Object value, int precision) {
        if (letter == 's' || letter == 'r' || letter == 'a') {
            return Characters.first(letter == 's' ? Repr.text(run, value) : Repr.of(run, value), precision);
        }
        if (letter == 'c') {
            return value instanceof String text && Characters.length(text) == 1
                    ? text
                    : Character.toString((int) Math.max(0, Math.min(0x10ffff, Types.integer(value))));
        }
        if ("diuoxXeEfFgG".indexOf(letter) < 0) {
            throw JinjaException.of("unsupported format character '" + letter + "'");
        }
        run.chargeText(Math.max(0, precision));
        return (NumberFormat.isNegative(value) ? "-" : "") + NumberFormat.unsigned(run, letter, value, precision);
    }

    private String padded(String text, String flags, int width) {
        boolean number = !text.isEmpty() && (Character.isDigit(text.charAt(0)) || text.startsWith("-"));
        String signed = number && flags.contains("+") && !text.startsWith("-") ? "+" + text : text;
        String whole =
                number && flags.contains(" ") && !flags.contains("+") && !text.startsWith("-") ? " " + text : signed;
        run.chargeText(width);
        String way = flags.contains("-") ? "ljust" : flags.contains("0") && number ? "zfill" : "rjust";
        return Padding.filled(whole, way, width, way.equals("zfill") ? "0" : " ");
    }
}
