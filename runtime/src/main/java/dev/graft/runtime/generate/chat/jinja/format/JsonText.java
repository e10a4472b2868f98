package dev.graft.runtime.generate.chat.jinja.format;

import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.value.Comparison;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Range;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON, as Python's {@code json.dumps} writes it. */
public final class JsonText {
    private final Run run;
    private final Sink sink;
    private final Style style;

    /** How it is written; no indent is all on one line. */
    public record Style(
            @Nullable String indent, String itemSeparator, String keySeparator, boolean ascii, boolean sorted) {}

    private JsonText(Run run, Style style) {
        this.run = run;
        this.sink = new Sink(run);
        this.style = style;
    }

    /** The text of a value. */
    public static String of(Run run, Object value, Style style) {
        JsonText json = new JsonText(run, style);
        json.add(value, 0);
        return json.sink.toString();
    }

    private void add(Object value, int level) {
        run.enter();
        if (value instanceof Map) {
            dict(Types.dict(value), level);
        } else if (value instanceof Tuple tuple) {
            list(tuple.items(), level);
        } else if (value instanceof List<?> items && !(value instanceof Range)) {
            list(items, level);
        } else {
            sink.add(value instanceof String text ? quoted(text) : scalar(value));
        }
        run.leave();
    }

    private void list(Collection<?> items, int level) {
        String separator = "";
        sink.add("[");
        for (Object item : items) {
            sink.add(separator);
            line(level + 1);
            add(item, level + 1);
            separator = style.itemSeparator();
        }
        close(items.isEmpty(), level, "]");
    }

    private void dict(Map<Object, Object> dict, int level) {
        String separator = "";
        sink.add("{");
        for (Object key : keys(dict)) {
            sink.add(separator);
            line(level + 1);
            sink.add(quoted(key instanceof String text ? text : scalar(key))).add(style.keySeparator());
            add(dict.getOrDefault(key, None.NONE), level + 1);
            separator = style.itemSeparator();
        }
        close(dict.isEmpty(), level, "}");
    }

    private Collection<Object> keys(Map<Object, Object> dict) {
        Comparator<Object> order = (left, right) -> Comparison.compare(run, left, right);
        return style.sorted() ? dict.keySet().stream().sorted(order).toList() : dict.keySet();
    }

    private void close(boolean empty, int level, String bracket) {
        if (!empty) {
            line(level);
        }
        sink.add(bracket);
    }

    private void line(int level) {
        @Nullable String indent = style.indent();
        if (indent != null) {
            run.chargeText((long) indent.length() * level);
            sink.add("\n").add(indent.repeat(level));
        }
    }

    private String scalar(Object value) {
        if (value instanceof Double number) {
            return number.isNaN()
                    ? "NaN"
                    : number.isInfinite() ? (number > 0 ? "Infinity" : "-Infinity") : Repr.of(run, number);
        }
        if (value instanceof Boolean || value instanceof Long) {
            return value.toString();
        }
        if (value == None.NONE) {
            return "null";
        }
        throw value instanceof Undefined
                ? JinjaException.of("Object of type Undefined is not JSON serializable")
                : JinjaException.of("Object of type " + Types.name(value) + " is not JSON serializable");
    }

    private String quoted(String text) {
        run.chargeExamined(text);
        StringBuilder quoted = new StringBuilder("\"");
        for (int index = 0; index < text.length(); index++) {
            character(quoted, text.charAt(index));
        }
        return quoted.append('"').toString();
    }

    private void character(StringBuilder quoted, char character) {
        int letter = "\"\\\n\r\t\f\b".indexOf(character);
        if (letter >= 0) {
            quoted.append('\\').append("\"\\nrtfb".charAt(letter));
        } else if (character < ' ' || (style.ascii() && character > '~')) {
            quoted.append("\\u").append(HexFormat.of().toHexDigits(character));
        } else {
            quoted.append(character);
        }
    }
}
