package dev.graft.runtime.generate.chat.jinja.format;

import dev.graft.runtime.generate.chat.jinja.limit.Limits;
import dev.graft.runtime.generate.chat.jinja.limit.Run;
import dev.graft.runtime.generate.chat.jinja.limit.Sink;
import dev.graft.runtime.generate.chat.jinja.text.FloatText;
import dev.graft.runtime.generate.chat.jinja.value.DictView;
import dev.graft.runtime.generate.chat.jinja.value.Members;
import dev.graft.runtime.generate.chat.jinja.value.Namespace;
import dev.graft.runtime.generate.chat.jinja.value.None;
import dev.graft.runtime.generate.chat.jinja.value.Range;
import dev.graft.runtime.generate.chat.jinja.value.Tuple;
import dev.graft.runtime.generate.chat.jinja.value.Types;
import dev.graft.runtime.generate.chat.jinja.value.Undefined;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value as text: Python's {@code str}, and within lists and dicts its {@code repr}. */
public final class Repr {
    private final Run run;
    private final Sink sink;

    private Repr(Run run) {
        this.run = run;
        this.sink = new Sink(run);
    }

    /** Python's {@code str}. */
    public static String text(Run run, Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Undefined ? "" : of(run, value);
    }

    /** Python's {@code repr}. */
    public static String of(Run run, Object value) {
        Repr repr = new Repr(run);
        repr.add(value);
        return repr.sink.toString();
    }

    private void add(Object value) {
        run.enter();
        run.charge(value instanceof Double ? Limits.FLOAT_STEPS : 0);
        if (value instanceof Map) {
            dict(Types.dict(value));
        } else if (value instanceof Namespace namespace) {
            sink.add("<Namespace ");
            add(namespace.members());
            sink.add(">");
        } else if (value instanceof Range range) {
            sink.add(range.described());
        } else if (value instanceof Members members) {
            sink.add(members.described());
        } else {
            items(value);
        }
        run.leave();
    }

    private void items(Object value) {
        @Nullable List<Object> items = Types.sized(value);
        if (items == null) {
            sink.add(scalar(value));
        } else if (value instanceof Tuple) {
            joined("(", items, items.size() == 1 ? ",)" : ")");
        } else if (value instanceof DictView view) {
            joined(view.kind() + "([", items, "])");
        } else {
            joined("[", items, "]");
        }
    }

    private void joined(String open, List<Object> items, String close) {
        sink.add(open);
        for (int index = 0; index < items.size(); index++) {
            sink.add(index == 0 ? "" : ", ");
            add(items.get(index));
        }
        sink.add(close);
    }

    private void dict(Map<?, Object> dict) {
        sink.add("{");
        Iterator<? extends Map.Entry<?, Object>> entries = dict.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, Object> entry = entries.next();
            add(entry.getKey());
            sink.add(": ");
            add(entry.getValue());
            sink.add(entries.hasNext() ? ", " : "");
        }
        sink.add("}");
    }

    private String scalar(Object value) {
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value instanceof Double number) {
            return FloatText.of(number);
        }
        if (value instanceof Long) {
            return value.toString();
        }
        return value == None.NONE ? "None" : value instanceof Undefined ? "Undefined" : "<" + Types.name(value) + ">";
    }

    private String quoted(String text) {
        run.chargeExamined(text);
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(character -> quoted.append(escaped(character, quote)));
        return quoted.append(quote).toString();
    }

    private static String escaped(int character, char quote) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            default ->
                character == quote
                        ? "\\" + quote
                        : isPrintable(character) ? Character.toString(character) : hexadecimal(character);
        };
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> true;
        };
    }

    private static String hexadecimal(int character) {
        HexFormat digits = HexFormat.of();
        return character < 0x100
                ? "\\x" + digits.toHexDigits((byte) character)
                : character < 0x10000
                        ? "\\u" + digits.toHexDigits((char) character)
                        : "\\U" + digits.toHexDigits(character);
    }
}
