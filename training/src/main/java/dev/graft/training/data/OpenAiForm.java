package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import java.util.Map;
import java.util.Set;

/** {@code role} and {@code content}, as OpenAI has it and chat templates too: messages and tools stay as they are, whatever else is in them. */
final class OpenAiForm implements MessageForm {
    private static final Map<String, String> ROLES =
            Map.of("system", "system", "user", "user", "assistant", "assistant", "tool", "tool");

    /** What other forms call those who call and what they call. */
    private static final Set<String> OTHER_ROLES = Set.of("function", "function_call", "observation", "ipython");

    @Override
    public JsonValue tool(JsonValue schema) {
        return schema;
    }

    @Override
    public ChatMessage message(JsonValue value) {
        if (!(value instanceof JsonValue.JsonObject object)
                || !(object.members().get("role") instanceof JsonValue.JsonText who)) {
            throw wordless();
        }
        refuseOtherForms(who.value(), object);
        String role = MessageForm.role(who.value(), ROLES);
        ChatMessage message = new ChatMessage(object.members());
        checkCalls(role, message.field("tool_calls"));
        boolean calls = !message.field("tool_calls").isEmpty();
        if (!hasContent(role, calls, message.field("content"))) {
            throw wordless();
        }
        return message;
    }

    private static boolean hasContent(String role, boolean calls, JsonValue content) {
        if (content == JsonValue.ofNull()) {
            return calls;
        }
        // what a tool gives may be anything, and templates know what to do with it
        return content instanceof JsonValue.JsonText || role.equals("tool");
    }

    private static void checkCalls(String role, JsonValue calls) {
        if (calls.isEmpty()) {
            return;
        }
        if (!role.equals("assistant")) {
            throw new BadRowException("'tool_calls' is for the assistant, got it from '" + role + "'");
        }
        if (!(calls instanceof JsonValue.JsonArray)) {
            throw new BadRowException("expected 'tool_calls' to be a list of calls, got " + calls.kind());
        }
    }

    private static void refuseOtherForms(String who, JsonValue.JsonObject object) {
        boolean called = !object.members()
                .getOrDefault("function_call", JsonValue.ofNull())
                .isEmpty();
        if (called || OTHER_ROLES.contains(who)) {
            throw new BadRowException(
                    (called ? "'function_call'" : "the role '" + who + "'")
                            + " is of another form: write calls as 'tool_calls' of the assistant, and what comes of them as messages of the role 'tool'");
        }
    }

    private static BadRowException wordless() {
        return new BadRowException("expected an object with the texts 'role' and 'content'");
    }
}
