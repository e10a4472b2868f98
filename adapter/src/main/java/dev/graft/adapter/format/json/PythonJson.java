package dev.graft.adapter.format.json;

import java.util.Iterator;
import java.util.Map;

/** Writes JSON as Python's {@code json.dumps(value, indent=2)} does, byte for byte: ASCII only, two spaces, no final newline. */
public final class PythonJson {
    private PythonJson() {}

    /** The text of a value; the members of objects come in their own order. */
    public static String write(JsonValue value) {
        StringBuilder text = new StringBuilder();
        append(text, value, "\n");
        return text.toString();
    }

    private static void append(StringBuilder text, JsonValue value, String newline) {
        if (value instanceof JsonValue.JsonObject object) {
            appendObject(text, object, newline);
        } else if (value instanceof JsonValue.JsonArray array) {
            appendArray(text, array, newline);
        } else if (value instanceof JsonValue.JsonText string) {
            appendQuoted(text, string.value());
        } else if (value instanceof JsonValue.JsonNumber number) {
            text.append(number.digits());
        } else if (value instanceof JsonValue.JsonBoolean flag) {
            text.append(flag.value());
        } else {
            text.append("null");
        }
    }

    private static void appendObject(StringBuilder text, JsonValue.JsonObject object, String newline) {
        if (object.members().isEmpty()) {
            text.append("{}");
            return;
        }
        String separator = "{";
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
            text.append(separator).append(newline).append("  ");
            appendQuoted(text, member.getKey());
            text.append(": ");
            append(text, member.getValue(), newline + "  ");
            separator = ",";
        }
        text.append(newline).append('}');
    }

    private static void appendArray(StringBuilder text, JsonValue.JsonArray array, String newline) {
        Iterator<JsonValue> items = array.items().iterator();
        if (!items.hasNext()) {
            text.append("[]");
            return;
        }
        String separator = "[";
        while (items.hasNext()) {
            text.append(separator).append(newline).append("  ");
            append(text, items.next(), newline + "  ");
            separator = ",";
        }
        text.append(newline).append(']');
    }

    private static void appendQuoted(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            appendCharacter(text, value.charAt(i));
        }
        text.append('"');
    }

    private static void appendCharacter(StringBuilder text, char unit) {
        switch (unit) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            case '\b' -> text.append("\\b");
            case '\f' -> text.append("\\f");
            default -> {
                if (unit < 0x20 || unit > 0x7e) {
                    text.append(String.format("\\u%04x", (int) unit));
                } else {
                    text.append(unit);
                }
            }
        }
    }
}
