package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code adapter_config.json}: the options by name, each checked when it is asked for.
 *
 * @param file the file, for error messages
 * @param members the options in the order of the file
 */
public record PeftConfig(Path file, Map<String, JsonValue> members) {
    /** The file's name in a PEFT folder. */
    public static final String FILE_NAME = "adapter_config.json";

    /** Reads {@code adapter_config.json}. */
    static PeftConfig read(Path file) {
        return new PeftConfig(file, JsonFiles.readObject(file).members());
    }

    /** The value of an option; null where it is absent. */
    JsonValue get(String name) {
        return members.getOrDefault(name, JsonValue.ofNull());
    }

    /** Whether an option is set to something that Python takes as true. */
    boolean isSet(String name) {
        return !get(name).isEmpty();
    }

    /** A flag; false where it is absent or null. */
    boolean flag(String name) {
        return flag(name, false);
    }

    /** A flag with the value that it has where it is absent or null. */
    boolean flag(String name, boolean absent) {
        JsonValue value = get(name);
        if (value instanceof JsonValue.JsonBoolean flag) {
            return flag.value();
        }
        if (value instanceof JsonValue.JsonNull) {
            return absent;
        }
        throw wrong(name, "true or false", value);
    }

    /** A string, if it is there. */
    Optional<String> text(String name) {
        JsonValue value = get(name);
        if (value instanceof JsonValue.JsonText text) {
            return Optional.of(text.value());
        }
        if (value instanceof JsonValue.JsonNull) {
            return Optional.empty();
        }
        throw wrong(name, "a string", value);
    }

    /** A rank: a whole number, at least 1. */
    long rank(String name) {
        return rank(name, require(name));
    }

    long rank(String name, JsonValue value) {
        if (value instanceof JsonValue.JsonNumber number) {
            long rank = number.toLong().orElse(0);
            if (rank >= 1 && rank <= Integer.MAX_VALUE) {
                return rank;
            }
            throw invalid("expected " + name + " to be a whole number from 1 on, got " + number.digits());
        }
        throw wrong(name, "a whole number", value);
    }

    /** A whole number of 64 bits, with the value that it has where it is absent or null. */
    long wholeNumber(String name, long absent) {
        JsonValue value = get(name);
        if (value instanceof JsonValue.JsonNull) {
            return absent;
        }
        if (value instanceof JsonValue.JsonNumber number) {
            return number.toLong()
                    .orElseThrow(() -> invalid("expected " + name + " to be a whole number, got " + number.digits()));
        }
        throw wrong(name, "a whole number", value);
    }

    /** A finite number. */
    double number(String name) {
        return number(name, require(name));
    }

    double number(String name, JsonValue value) {
        if (value instanceof JsonValue.JsonNumber number) {
            double result = number.toDouble();
            if (Double.isFinite(result)) {
                return result;
            }
            throw invalid("expected " + name + " to be finite, got " + number.digits());
        }
        throw wrong(name, "a number", value);
    }

    /** A string or a list of strings; empty where it is absent. */
    List<String> texts(String name) {
        JsonValue value = get(name);
        if (value instanceof JsonValue.JsonText text) {
            return List.of(text.value());
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue item : array(name, value)) {
            if (!(item instanceof JsonValue.JsonText text)) {
                throw wrong(name, "a list of strings", item);
            }
            texts.add(text.value());
        }
        return texts;
    }

    /** An object's members in the order of the file; empty where it is absent. */
    Map<String, JsonValue> object(String name) {
        JsonValue value = get(name);
        if (value instanceof JsonValue.JsonObject object) {
            return object.members();
        }
        if (value instanceof JsonValue.JsonNull) {
            return new LinkedHashMap<>();
        }
        throw wrong(name, "an object", value);
    }

    /** A list of distinct row numbers. */
    List<Long> rows(String name, JsonValue value) {
        List<Long> rows = new ArrayList<>();
        for (JsonValue item : array(name, value)) {
            long row = item instanceof JsonValue.JsonNumber number
                    ? number.toLong().orElse(-1)
                    : -1;
            if (row < 0) {
                throw invalid("expected " + name + " to hold row numbers, got "
                        + (item instanceof JsonValue.JsonNumber number ? number.digits() : item.kind()));
            }
            rows.add(row);
        }
        if (rows.stream().distinct().count() != rows.size()) {
            throw invalid(name + " names a row twice");
        }
        return rows;
    }

    private List<JsonValue> array(String name, JsonValue value) {
        if (value instanceof JsonValue.JsonArray array) {
            return array.items();
        }
        if (value instanceof JsonValue.JsonNull) {
            return List.of();
        }
        throw wrong(name, "a list", value);
    }

    private JsonValue require(String name) {
        JsonValue value = get(name);
        if (value instanceof JsonValue.JsonNull) {
            throw invalid(name + " is missing, and without it the size of the change is unknown");
        }
        return value;
    }

    private GraftException wrong(String name, String expected, JsonValue got) {
        return invalid("expected " + name + " to be " + expected + ", got " + got.kind());
    }

    /** An error in this file. */
    GraftException invalid(String what) {
        return new GraftException(
                ErrorCode.ADAPTER_CONFIG_INVALID,
                what,
                Location.ofFile(file),
                "Compare it with what PEFT wrote when the adapter was saved.");
    }
}
