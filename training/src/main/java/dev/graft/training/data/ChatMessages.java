package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import dev.graft.training.data.Conversation.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A list of messages: perhaps a system message, then user and assistant in turn. Where the assistant calls tools, what comes of the calls stands in the user's place.
 *
 * @param form how a message is written down
 */
record ChatMessages(MessageForm form) {
    /** {@code role} and {@code content}, as OpenAI has it. */
    static final ChatMessages OPENAI = new ChatMessages(new OpenAiForm());

    /** {@code from} and {@code value}, as ShareGPT had it. */
    static final ChatMessages SHAREGPT = new ChatMessages(new ShareGptForm());

    /** The conversation in one column, or in several, one behind the other. */
    Conversation read(DataRow row, String... columns) {
        List<JsonValue> tools = OfferedTools.of(row, form);
        List<ChatMessage> messages = new ArrayList<>();
        for (String column : columns) {
            if (!(row.value(column) instanceof JsonValue.JsonArray array)) {
                throw new BadRowException(
                        "expected '" + column + "' to be a list of messages, got " + row.describe(column));
            }
            array.items().forEach(item -> messages.add(message(item, messages.size() + 1)));
        }
        Optional<ChatMessage> system = systemColumn(row);
        if (!messages.isEmpty() && messages.get(0).role().equals("system")) {
            system = Optional.of(messages.remove(0));
        }
        return new Conversation(system.filter(message -> !message.content().isEmpty()), tools, turns(messages), false);
    }

    /** What the column {@code system} says, if there is one. */
    static Optional<ChatMessage> systemColumn(DataRow row) {
        return row.has("system") ? Optional.of(ChatMessage.of("system", row.text("system"))) : Optional.empty();
    }

    private ChatMessage message(JsonValue value, int number) {
        try {
            return form.message(value);
        } catch (BadRowException e) {
            throw new BadRowException("message " + number + ": " + e.problem());
        }
    }

    private static List<Turn> turns(List<ChatMessage> messages) {
        if (messages.isEmpty() || !messages.get(messages.size() - 1).role().equals("assistant")) {
            throw new BadRowException("expected user and assistant in turn, ending with the assistant, got "
                    + messages.size() + " messages besides the system's");
        }
        List<Turn> turns = new ArrayList<>();
        List<ChatMessage> asked = new ArrayList<>();
        for (ChatMessage message : messages) {
            if (!mayFollow(message, asked, turns.isEmpty())) {
                throw new BadRowException("expected user and assistant in turn, got "
                        + messages.stream().map(ChatMessage::role).toList());
            }
            if (message.role().equals("assistant")) {
                turns.add(new Turn(asked, message));
                asked.clear();
            } else {
                asked.add(message);
            }
        }
        return turns;
    }

    private static boolean mayFollow(ChatMessage message, List<ChatMessage> asked, boolean first) {
        return switch (message.role()) {
            case "assistant" -> !asked.isEmpty();
            case "user" -> asked.isEmpty();
            // several calls are answered by as many messages
            case "tool" -> !first && (asked.isEmpty() || asked.get(0).role().equals("tool"));
            default -> false;
        };
    }
}
