package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.JsonValue.JsonArray;
import dev.graft.adapter.format.json.JsonValue.JsonObject;
import dev.graft.runtime.generate.chat.ChatMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code from} and {@code value}, as ShareGPT had it, with LLaMA-Factory's roles for calls of tools ({@code function_call}, JSON of a name and arguments, or a list of such) and
 * for what comes of them ({@code observation}). As there, a tool may be the bare schema of a function.
 */
final class ShareGptForm implements MessageForm {
    private static final String CALL = "function_call";

    private static final Map<String, String> ROLES = Map.of(
            "system",
            "system",
            "human",
            "user",
            "user",
            "user",
            "gpt",
            "assistant",
            "assistant",
            "assistant",
            CALL,
            "assistant",
            "observation",
            "tool");

    @Override
    public JsonValue tool(JsonValue schema) {
        return schema instanceof JsonObject tool
                        && !JsonValue.of("function").equals(tool.members().get("type"))
                ? function(tool)
                : schema;
    }

    @Override
    public ChatMessage message(JsonValue value) {
        if (!(value instanceof JsonObject object)
                || !(object.members().get("from") instanceof JsonValue.JsonText who)
                || !(object.members().get("value") instanceof JsonValue.JsonText what)) {
            throw new BadRowException("expected an object with the texts 'from' and 'value'");
        }
        refuseOtherForms(object);
        String role = MessageForm.role(who.value(), ROLES);
        return who.value().equals(CALL)
                ? ChatMessage.of(role, "").with("tool_calls", calls(what.value()))
                : ChatMessage.of(role, what.value());
    }

    private static void refuseOtherForms(JsonObject object) {
        for (String key : List.of("tool_calls", CALL)) {
            if (!object.members().getOrDefault(key, JsonValue.ofNull()).isEmpty()) {
                throw new BadRowException(
                        "'" + key + "' is of another form: beside 'from' and 'value' a call is a message from '" + CALL
                                + "', and what comes of it one from 'observation'");
            }
        }
    }

    private static JsonArray calls(String text) {
        JsonValue said = JsonInText.read(text, "expected calls as JSON");
        List<JsonValue> calls = new ArrayList<>();
        for (JsonValue call : said instanceof JsonArray several ? several.items() : List.of(said)) {
            calls.add(call(call));
        }
        if (calls.isEmpty()) {
            throw new BadRowException("expected a call, got an empty list");
        }
        return new JsonArray(calls);
    }

    private static JsonValue call(JsonValue call) {
        if (call instanceof JsonObject object
                && object.members().get("name") instanceof JsonValue.JsonText
                && object.members().containsKey("arguments")) {
            return function(object);
        }
        throw new BadRowException("expected a call to be an object with 'name' and 'arguments'");
    }

    private static JsonObject function(JsonObject schema) {
        Map<String, JsonValue> function = new LinkedHashMap<>();
        function.put("type", JsonValue.of("function"));
        function.put("function", schema);
        return new JsonObject(function);
    }
}
