package dev.graft.runtime.generate.chat;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.jinja.error.JinjaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages and tools as {@code apply_chat_template} of transformers 5 hands them to a template. */
final class TemplateValues {
    /** The names under which a message may have its thoughts; the first that is there counts. */
    private static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    private TemplateValues() {}

    /** A message without what is null in it, and with its thoughts under the names that templates know. */
    static Map<String, @Nullable Object> ofMessage(ChatMessage message) {
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        message.fields().forEach((name, value) -> {
            if (value != JsonValue.ofNull()) {
                said.put(name, of(value));
            }
        });
        @Nullable
        Object thoughts = REASONING.stream()
                .filter(said::containsKey)
                .findFirst()
                .map(said::get)
                .orElse(null);
        return thoughts == null ? said : withThoughts(said, thoughts);
    }

    private static Map<String, @Nullable Object> withThoughts(Map<String, @Nullable Object> said, Object thoughts) {
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        whole.put("thinking", thoughts);
        whole.putAll(said);
        whole.put("reasoning_content", thoughts);
        return whole;
    }

    /** The tools of a conversation, or null for none. */
    static @Nullable List<@Nullable Object> ofTools(List<JsonValue> tools) {
        return tools.isEmpty() ? null : ofItems(tools);
    }

    private static @Nullable Object of(JsonValue value) {
        if (value instanceof JsonValue.JsonObject object) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            object.members().forEach((name, member) -> map.put(name, of(member)));
            return map;
        }
        if (value instanceof JsonValue.JsonArray array) {
            return ofItems(array.items());
        }
        if (value instanceof JsonValue.JsonNumber number) {
            return ofNumber(number);
        }
        if (value instanceof JsonValue.JsonBoolean flag) {
            return flag.value();
        }
        return value instanceof JsonValue.JsonText text ? text.value() : null;
    }

    private static List<@Nullable Object> ofItems(List<JsonValue> items) {
        List<@Nullable Object> list = new ArrayList<>(items.size());
        items.forEach(item -> list.add(of(item)));
        return list;
    }

    /** Python tells whole numbers from others by how they are written, and has whole ones of any size; a template here has 64 bits. */
    private static Object ofNumber(JsonValue.JsonNumber number) {
        if (number.digits().chars().anyMatch(character -> ".eE".indexOf(character) >= 0)) {
            return number.toDouble();
        }
        if (number.toLong().isPresent()) {
            return number.toLong().getAsLong();
        }
        throw JinjaException.of("a whole number beyond 64 bits");
    }
}
