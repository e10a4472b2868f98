package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of messages: perhaps a system message, then user and assistant in turn.
 *
 * @param role the key of who speaks
 * @param content the key of what is said
 * @param roles what roles are called
 */
record ChatMessages(String role, String content, Map<String, Role> roles) {
    /** {@code role} and {@code content}, as OpenAI has it. */
    static final ChatMessages OPENAI = new ChatMessages(
            "role", "content", Map.of("system", Role.SYSTEM, "user", Role.USER, "assistant", Role.ASSISTANT));

    /** {@code from} and {@code value}, as ShareGPT had it. */
    static final ChatMessages SHAREGPT = new ChatMessages(
            "from",
            "value",
            Map.of(
                    "system", Role.SYSTEM,
                    "human", Role.USER,
                    "user", Role.USER,
                    "gpt", Role.ASSISTANT,
                    "assistant", Role.ASSISTANT));

    /** What is said to tools and by them; chat templates write it from more than a role and a text. */
    private static final Set<String> TOOL_ROLES = Set.of("tool", "function", "function_call", "observation", "ipython");

    private static final Set<String> TOOL_KEYS = Set.of("tool_calls", "function_call");

    private enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }

    private record Message(Role role, String content) {}

    /** The conversation in one column, or in several, one behind the other. */
    Conversation read(DataRow row, String... columns) {
        refuseTools(row);
        List<Message> messages = new ArrayList<>();
        for (String column : columns) {
            if (!(row.value(column) instanceof JsonValue.JsonArray array)) {
                throw new BadRowException(
                        "expected '" + column + "' to be a list of messages, got " + row.describe(column));
            }
            array.items().forEach(item -> messages.add(message(item, messages.size() + 1)));
        }
        Optional<String> system = row.has("system") ? Optional.of(row.text("system")) : Optional.empty();
        if (!messages.isEmpty() && messages.get(0).role() == Role.SYSTEM) {
            system = Optional.of(messages.remove(0).content());
        }
        return new Conversation(system.filter(text -> !text.isEmpty()), exchanges(messages), false);
    }

    private static List<Conversation.Exchange> exchanges(List<Message> messages) {
        if (messages.isEmpty() || messages.size() % 2 != 0) {
            throw new BadRowException("expected user and assistant in turn, ending with the assistant, got "
                    + messages.size() + " messages besides the system's");
        }
        List<Conversation.Exchange> exchanges = new ArrayList<>();
        for (int i = 0; i < messages.size(); i += 2) {
            Message user = messages.get(i);
            Message assistant = messages.get(i + 1);
            if (user.role() != Role.USER || assistant.role() != Role.ASSISTANT) {
                throw new BadRowException("expected user and assistant in turn, got "
                        + messages.stream()
                                .map(message -> message.role().name().toLowerCase(java.util.Locale.ROOT))
                                .toList());
            }
            exchanges.add(new Conversation.Exchange(user.content(), assistant.content()));
        }
        return exchanges;
    }

    /**
     * Makes sure that a conversation does not come with tools, which would be left out of what is learnt.
     *
     * @throws BadRowException if it does
     */
    static void refuseTools(DataRow row) {
        for (String column : List.of("tools", "functions")) {
            if (!isNothing(row.value(column))) {
                throw new BadRowException(
                        "the column '" + column + "' offers tools, and conversations with tools are not supported");
            }
        }
    }

    private static boolean isNothing(@Nullable JsonValue value) {
        return value == null
                || value instanceof JsonValue.JsonNull
                || value instanceof JsonValue.JsonArray array && array.items().isEmpty()
                || value instanceof JsonValue.JsonObject object
                        && object.members().isEmpty()
                || value instanceof JsonValue.JsonText text
                        && (text.value().isBlank() || text.value().strip().equals("[]"));
    }

    private void refuseTools(JsonValue.JsonObject message, int number) {
        String said = message.members().get(role) instanceof JsonValue.JsonText who && TOOL_ROLES.contains(who.value())
                ? "the role '" + who.value() + "'"
                : TOOL_KEYS.stream()
                        .filter(key -> !isNothing(message.members().get(key)))
                        .findFirst()
                        .map(key -> "'" + key + "'")
                        .orElse("");
        if (!said.isEmpty()) {
            throw new BadRowException("message " + number + ": " + said
                    + " is for calls of tools, and conversations with tools are not supported");
        }
    }

    private Message message(JsonValue value, int number) {
        if (value instanceof JsonValue.JsonObject whole) {
            refuseTools(whole, number);
        }
        if (value instanceof JsonValue.JsonObject object
                && object.members().get(role) instanceof JsonValue.JsonText who
                && object.members().get(content) instanceof JsonValue.JsonText what) {
            Role known = roles.get(who.value());
            if (known == null) {
                throw new BadRowException("message " + number + ": expected one of "
                        + roles.keySet().stream().sorted().toList() + " to speak, got '" + who.value() + "'");
            }
            return new Message(known, what.value());
        }
        throw new BadRowException(
                "message " + number + ": expected an object with the texts '" + role + "' and '" + content + "'");
    }
}
