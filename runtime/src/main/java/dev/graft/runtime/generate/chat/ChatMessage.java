package dev.graft.runtime.generate.chat;

import dev.graft.adapter.format.json.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What somebody says, as a chat template sees it: a dict.
 *
 * @param fields {@code role} and {@code content}, and perhaps {@code tool_calls}, {@code tool_call_id}, {@code name} and whatever else a template reads
 */
public record ChatMessage(Map<String, JsonValue> fields) {
    public ChatMessage {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * A message of words alone.
     *
     * @param role {@code system}, {@code user} or {@code assistant}
     */
    public static ChatMessage of(String role, String content) {
        Map<String, JsonValue> fields = new LinkedHashMap<>();
        fields.put("role", JsonValue.of(role));
        fields.put("content", JsonValue.of(content));
        return new ChatMessage(fields);
    }

    /** Who speaks; empty if the message does not say. */
    public String role() {
        return text("role");
    }

    /** The words; empty if there are none, or something else in their place. */
    public String content() {
        return text("content");
    }

    /** A field, null if it is not there. */
    public JsonValue field(String name) {
        return fields.getOrDefault(name, JsonValue.ofNull());
    }

    /** The same message with another value in a field; null leaves the field out. */
    public ChatMessage with(String name, JsonValue value) {
        Map<String, JsonValue> changed = new LinkedHashMap<>(fields);
        changed.put(name, value);
        if (value == JsonValue.ofNull()) {
            changed.remove(name);
        }
        return new ChatMessage(changed);
    }

    private String text(String name) {
        return field(name) instanceof JsonValue.JsonText text ? text.value() : "";
    }
}
