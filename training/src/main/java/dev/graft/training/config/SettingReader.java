package dev.graft.training.config;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.error.GraftException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads keys by type and range, and notes the value that each of them has in effect: given or default. */
final class SettingReader {
    private static final Set<String> TRUE = Set.of("true", "yes", "on");
    private static final Pattern DECIMAL = Pattern.compile("[-+.0-9eE]+");
    private static final Set<String> FALSE = Set.of("false", "no", "off");

    private final ConfigSource source;
    private final Map<String, JsonValue> effective = new LinkedHashMap<>();

    SettingReader(ConfigSource source) {
        this.source = source;
    }

    ConfigSource source() {
        return source;
    }

    /** What every key that was asked for amounts to, in the order of asking. */
    Map<String, JsonValue> effective() {
        return effective;
    }

    /** A text, if it is given. */
    Optional<String> text(String key) {
        Optional<String> text = source.value(key).map(value -> scalar(key, value, "a text"));
        note(key, text.map(JsonValue::of).orElse(JsonValue.ofNull()));
        return text;
    }

    /** A text that must be given. */
    String requiredText(String key, String what) {
        return text(key)
                .orElseThrow(
                        () -> source.invalid(key, "expected " + key + ": " + what + ", got nothing", "Add the key."));
    }

    /** Texts, as a list or separated by commas. */
    List<String> texts(String key) {
        List<String> texts = source.value(key).map(value -> split(key, value)).orElse(List.of());
        note(key, JsonValue.ofTexts(texts));
        return texts;
    }

    private List<String> split(String key, YamlValue value) {
        if (value instanceof YamlValue.Sequence sequence) {
            return sequence.items().stream()
                    .map(item -> scalar(key, item, "a list of texts"))
                    .toList();
        }
        return Arrays.stream(scalar(key, value, "texts").split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** True or false. */
    boolean flag(String key, boolean fallback) {
        return optionalFlag(key, Optional.of(fallback)).orElseThrow();
    }

    /** True or false, or a fallback that may be neither. */
    Optional<Boolean> optionalFlag(String key, Optional<Boolean> fallback) {
        Optional<Boolean> flag =
                source.value(key).map(value -> toFlag(key, value)).or(() -> fallback);
        note(key, flag.map(JsonValue::of).orElse(JsonValue.ofNull()));
        return flag;
    }

    private boolean toFlag(String key, YamlValue value) {
        String text = scalar(key, value, "true or false").toLowerCase(Locale.ROOT);
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw wrong(key, "true or false", value);
        }
        return TRUE.contains(text);
    }

    /** A whole number from {@code least} on. */
    int count(String key, int fallback, int least) {
        return optionalCount(key, OptionalInt.of(fallback), least).orElseThrow();
    }

    /** A whole number from {@code least} on, or a fallback that may be none. */
    OptionalInt optionalCount(String key, OptionalInt fallback, int least) {
        OptionalInt count = fallback;
        Optional<YamlValue> value = source.value(key);
        if (value.isPresent()) {
            count = OptionalInt.of(toCount(key, value.get(), least));
        }
        note(key, count.isPresent() ? JsonValue.of(count.getAsInt()) : JsonValue.ofNull());
        return count;
    }

    /** Whole numbers from 0 on. */
    List<Integer> counts(String key) {
        List<Integer> counts = new ArrayList<>();
        source.value(key).ifPresent(value -> {
            if (value instanceof YamlValue.Sequence sequence) {
                sequence.items().forEach(item -> counts.add(toCount(key, item, 0)));
            } else {
                split(key, value).forEach(part -> counts.add(toCount(key, new YamlValue.Scalar(part, true), 0)));
            }
        });
        note(key, new JsonValue.JsonArray(counts.stream().map(JsonValue::of).toList()));
        return counts;
    }

    private int toCount(String key, YamlValue value, int least) {
        String expected = "a whole number from " + least + " on";
        try {
            int number = Integer.parseInt(scalar(key, value, expected));
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, expected, value);
        }
        throw wrong(key, expected, value);
    }

    /** A whole number of 64 bits. */
    long seed(String key, long fallback) {
        long seed = fallback;
        Optional<YamlValue> value = source.value(key);
        if (value.isPresent()) {
            try {
                seed = Long.parseLong(scalar(key, value.get(), "a whole number"));
            } catch (NumberFormatException e) {
                throw wrong(key, "a whole number", value.get());
            }
        }
        note(key, JsonValue.of(seed));
        return seed;
    }

    /** A number. */
    double number(String key, double fallback, NumberRange range) {
        Optional<YamlValue> value = source.value(key);
        double number = value.isPresent() ? toNumber(key, value.get(), range) : fallback;
        note(key, JsonValue.of(number));
        return number;
    }

    /** A number, if it is given. */
    Optional<Double> optionalNumber(String key, NumberRange range) {
        Optional<Double> number = source.value(key).map(value -> toNumber(key, value, range));
        note(key, number.map(JsonValue::of).orElse(JsonValue.ofNull()));
        return number;
    }

    private double toNumber(String key, YamlValue value, NumberRange range) {
        try {
            String text = scalar(key, value, range.describe());
            double number = Double.parseDouble(text);
            // Java's own parser also takes 1f, 0x1p3 and NaN
            if (DECIMAL.matcher(text).matches() && range.holds(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, range.describe(), value);
        }
        throw wrong(key, range.describe(), value);
    }

    /** Whole numbers from 1 on by name, in the order of the file. */
    Map<String, Integer> countsByName(String key) {
        return byName(key, value -> toCount(key, value, 1), JsonValue::of);
    }

    /** Numbers by name, in the order of the file. */
    Map<String, Double> numbersByName(String key, NumberRange range) {
        return byName(key, value -> toNumber(key, value, range), JsonValue::of);
    }

    private <T> Map<String, T> byName(String key, Function<YamlValue, T> reader, Function<T, JsonValue> writer) {
        Map<String, T> read = new LinkedHashMap<>();
        Map<String, JsonValue> written = new LinkedHashMap<>();
        source.value(key).ifPresent(value -> {
            if (!(value instanceof YamlValue.Mapping mapping)) {
                throw wrong(key, "a mapping from module names to numbers", value);
            }
            mapping.entries().forEach((name, number) -> read.put(name, reader.apply(number)));
        });
        read.forEach((name, number) -> written.put(name, writer.apply(number)));
        note(key, new JsonValue.JsonObject(written));
        return read;
    }

    /** One of the constants of an enum, written as in Python: lower case. */
    <E extends Enum<E>> E choice(String key, E fallback) {
        E chosen = source.value(key)
                .map(value -> toChoice(key, value, fallback.getDeclaringClass()))
                .orElse(fallback);
        note(key, JsonValue.of(word(chosen)));
        return chosen;
    }

    /** One of the constants of an enum, if it is given. */
    <E extends Enum<E>> Optional<E> optionalChoice(String key, Class<E> type) {
        Optional<E> chosen = source.value(key).map(value -> toChoice(key, value, type));
        note(key, chosen.map(one -> JsonValue.of(word(one))).orElse(JsonValue.ofNull()));
        return chosen;
    }

    private <E extends Enum<E>> E toChoice(String key, YamlValue value, Class<E> type) {
        List<String> words =
                Arrays.stream(type.getEnumConstants()).map(SettingReader::word).toList();
        String expected = "one of " + String.join(", ", words);
        int index = words.indexOf(scalar(key, value, expected).toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw wrong(key, expected, value);
        }
        return type.getEnumConstants()[index];
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void note(String key, JsonValue value) {
        effective.put(key, value);
    }

    private String scalar(String key, YamlValue value, String expected) {
        if (value instanceof YamlValue.Scalar scalar) {
            return scalar.text();
        }
        throw wrong(key, expected, value);
    }

    private GraftException wrong(String key, String expected, YamlValue got) {
        return source.invalid(
                key, "expected " + key + " to be " + expected + ", got " + got.describe(), "Correct the value.");
    }
}
