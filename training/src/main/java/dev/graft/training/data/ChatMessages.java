package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }

    private record Message(Role role, String content) {}

    /** The conversation in one column, or in several, one behind the other. */
    Conversation read(DataRow row, String... columns) {
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

    private Message message(JsonValue value, int number) {
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
