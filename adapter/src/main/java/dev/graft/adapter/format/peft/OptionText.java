package dev.graft.adapter.format.peft;

import dev.graft.adapter.format.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** An option's value on one line, for people. */
final class OptionText {
    private static final int MAX_LENGTH = 500;

    private OptionText() {}

    /** Those of the options that are set, by name. */
    static Map<String, String> details(PeftConfig config, String... options) {
        Map<String, String> details = new LinkedHashMap<>();
        for (String option : options) {
            if (config.isSet(option)) {
                details.put(option, of(config.get(option)));
            }
        }
        return details;
    }

    static String of(JsonValue value) {
        String text = flat(value);
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    }

    private static String flat(JsonValue value) {
        if (value instanceof JsonValue.JsonText text) {
            return text.value();
        }
        if (value instanceof JsonValue.JsonNumber number) {
            return number.digits();
        }
        if (value instanceof JsonValue.JsonBoolean flag) {
            return String.valueOf(flag.value());
        }
        if (value instanceof JsonValue.JsonArray array) {
            return array.items().stream().map(OptionText::flat).collect(Collectors.joining(", "));
        }
        if (value instanceof JsonValue.JsonObject object) {
            return object.members().entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + flat(entry.getValue()))
                    .collect(Collectors.joining(", "));
        }
        return "none";
    }
}
