package dev.graft.training.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a YAML file as it is written: what a scalar means is decided by the key that it belongs to. */
sealed interface YamlValue {
    /**
     * One value.
     *
     * @param text its characters
     * @param plain whether it stands without quotes, so that {@code null} and {@code true} are no texts
     */
    record Scalar(String text, boolean plain) implements YamlValue {
        private static final List<String> NULLS = List.of("", "~", "null", "Null", "NULL");

        @Override
        public boolean isNull() {
            return plain && NULLS.contains(text);
        }
    }

    /** A list. */
    record Sequence(List<YamlValue> items) implements YamlValue {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** A mapping, in the order of the file. */
    record Mapping(Map<String, YamlValue> entries) implements YamlValue {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /** Whether this says nothing: null, or a list or mapping without content. */
    default boolean isNull() {
        if (this instanceof Scalar scalar) {
            return scalar.isNull();
        }
        return this instanceof Sequence sequence
                ? sequence.items().isEmpty()
                : this instanceof Mapping mapping && mapping.entries().isEmpty();
    }

    /** What a message calls it. */
    default String describe() {
        if (this instanceof Scalar scalar) {
            String text = scalar.text().length() > 60 ? scalar.text().substring(0, 60) + "..." : scalar.text();
            return scalar.isNull() ? "null" : "'" + text + "'";
        }
        return this instanceof Sequence ? "a list" : "a mapping";
    }
}
