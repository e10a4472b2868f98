package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.runtime.generate.chat.ChatMessage;
import java.util.List;
import java.util.Optional;

/**
 * What a row of text comes to: one or more answers to be learnt.
 *
 * @param system what the conversation begins with
 * @param tools what the assistant may call, each as the schema of a function
 * @param turns at least one
 * @param raw whether prompt and answer stand as they are, without a chat template
 */
record Conversation(Optional<ChatMessage> system, List<JsonValue> tools, List<Turn> turns, boolean raw) {
    /**
     * A prompt and its answer.
     *
     * @param asked what is answered: a message of the user, or what came of the assistant's calls
     * @param answer what is learnt
     */
    record Turn(List<ChatMessage> asked, ChatMessage answer) {
        Turn {
            asked = List.copyOf(asked);
        }

        /** Of words alone; the prompt is empty for a text that is learnt whole. */
        static Turn of(String prompt, String answer) {
            return new Turn(List.of(ChatMessage.of("user", prompt)), ChatMessage.of("assistant", answer));
        }

        /** What is asked where only the user asks. */
        String prompt() {
            return asked.get(0).content();
        }

        private boolean usesTools() {
            return !answer.field("tool_calls").isEmpty()
                    || asked.stream().anyMatch(message -> message.role().equals("tool"));
        }
    }

    Conversation {
        tools = List.copyOf(tools);
        turns = List.copyOf(turns);
    }

    static Conversation ofRaw(String prompt, String answer) {
        return new Conversation(Optional.empty(), List.of(), List.of(Turn.of(prompt, answer)), true);
    }

    /** Whether tools are offered or called, so that there is more to it than words of user and assistant. */
    boolean usesTools() {
        return !tools.isEmpty() || turns.stream().anyMatch(Turn::usesTools);
    }
}
