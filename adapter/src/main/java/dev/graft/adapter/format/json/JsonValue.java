package dev.graft.adapter.format.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** One JSON value; numbers keep their digits, objects keep the order of the file. */
public sealed interface JsonValue {
    /** {@code {"key": value}}. */
    record JsonObject(Map<String, JsonValue> members) implements JsonValue {
        public JsonObject {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    /** {@code [value, value]}. */
    record JsonArray(List<JsonValue> items) implements JsonValue {
        public JsonArray {
            items = List.copyOf(items);
        }
    }

    /** A string. */
    record JsonText(String value) implements JsonValue {}

    /** A number as it is written. */
    record JsonNumber(String digits) implements JsonValue {
        /** The nearest double; an infinity where the number is beyond its range. */
        public double toDouble() {
            return Double.parseDouble(digits);
        }

        /** The value where it is written as a whole number that fits into a long. */
        public OptionalLong toLong() {
            try {
                return OptionalLong.of(Long.parseLong(digits));
            } catch (NumberFormatException e) {
                return OptionalLong.empty();
            }
        }
    }

    /** {@code true} or {@code false}. */
    record JsonBoolean(boolean value) implements JsonValue {}

    /** {@code null}. */
    enum JsonNull implements JsonValue {
        /** The one {@code null}. */
        NULL
    }

    /** The one {@code null}. */
    static JsonValue ofNull() {
        return JsonNull.NULL;
    }

    /** A string value. */
    static JsonValue of(String value) {
        return new JsonText(value);
    }

    /** A truth value. */
    static JsonValue of(boolean value) {
        return new JsonBoolean(value);
    }

    /** A whole number. */
    static JsonValue of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /** A number, with the fewest digits that give the same double; a whole one without a fraction. */
    static JsonValue of(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? of((long) value)
                : new JsonNumber(Double.toString(value));
    }

    /** An array of strings. */
    static JsonValue ofTexts(Iterable<String> values) {
        List<JsonValue> items = new ArrayList<>();
        values.forEach(value -> items.add(of(value)));
        return new JsonArray(items);
    }

    /** Whether a Python program would take it as absent: null, false, an empty string, array or object. */
    default boolean isEmpty() {
        if (this instanceof JsonObject object) {
            return object.members().isEmpty();
        }
        if (this instanceof JsonArray array) {
            return array.items().isEmpty();
        }
        if (this instanceof JsonText text) {
            return text.value().isEmpty();
        }
        return this instanceof JsonNull || this instanceof JsonBoolean flag && !flag.value();
    }

    /** What a message calls it: {@code a string}. */
    default String kind() {
        if (this instanceof JsonObject) {
            return "an object";
        }
        if (this instanceof JsonArray) {
            return "an array";
        }
        if (this instanceof JsonText) {
            return "a string";
        }
        if (this instanceof JsonNumber) {
            return "a number";
        }
        return this instanceof JsonBoolean ? "true or false" : "null";
    }
}
