package dev.graft.training.run.checkpoint;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonNumber;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.adapter.format.json.JsonValue.JsonText;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The members of an object in {@code state.json}, each checked when it is read. */
record StateFields(JsonObject object, Path file) {
    /** A whole number from 0 on. */
    long count(String key) {
        return optionalCount(key).orElseThrow(() -> wrong(key, "a whole number from 0 on"));
    }

    /** As {@link #count}, of a size that an int holds. */
    int smallCount(String key) {
        long value = count(key);
        if (value > Integer.MAX_VALUE) {
            throw wrong(key, "a number below 2^31");
        }
        return (int) value;
    }

    /** A whole number from 0 on, or null. */
    OptionalLong optionalCount(String key) {
        JsonValue value = member(key);
        if (value instanceof JsonValue.JsonNull) {
            return OptionalLong.empty();
        }
        if (value instanceof JsonNumber number && number.toLong().orElse(-1) >= 0) {
            return number.toLong();
        }
        throw wrong(key, "a whole number from 0 on");
    }

    /** A finite double written by {@link #exact}. */
    double exact(String key) {
        return optionalExact(key).orElseThrow(() -> wrong(key, "a finite number in hexadecimal"));
    }

    /** A finite double written by {@link #exact}, or null. */
    OptionalDouble optionalExact(String key) {
        JsonValue value = member(key);
        if (value instanceof JsonValue.JsonNull) {
            return OptionalDouble.empty();
        }
        if (value instanceof JsonText text) {
            double number = parse(text.value());
            if (Double.isFinite(number)) {
                return OptionalDouble.of(number);
            }
        }
        throw wrong(key, "a finite number in hexadecimal");
    }

    /** An object. */
    StateFields object(String key) {
        if (member(key) instanceof JsonObject inner) {
            return new StateFields(inner, file);
        }
        throw wrong(key, "an object");
    }

    /** An object whose members are all strings. */
    Map<String, String> texts(String key) {
        StateFields inner = object(key);
        Map<String, String> texts = new TreeMap<>();
        for (String name : inner.object.members().keySet()) {
            texts.put(name, inner.text(name));
        }
        return texts;
    }

    /** A string. */
    String text(String key) {
        if (member(key) instanceof JsonText text) {
            return text.value();
        }
        throw wrong(key, "a string");
    }

    /** A double with all its bits. */
    static JsonValue exact(double value) {
        return JsonValue.of(Double.toHexString(value));
    }

    GraftException wrong(String key, String expected) {
        JsonValue value = object.members().get(key);
        String got = value == null ? "nothing" : value.kind();
        return new GraftException(
                ErrorCode.CHECKPOINT_INVALID,
                "the checkpoint's state is damaged: expected " + expected + " as '" + key + "', got " + got,
                Location.ofFile(file),
                "Remove this checkpoint to go on from the one before.");
    }

    private JsonValue member(String key) {
        @Nullable JsonValue value = object.members().get(key);
        if (value == null) {
            throw wrong(key, "a value");
        }
        return value;
    }

    private static double parse(String text) {
        try {
            return text.length() > 40 ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
