package dev.graft.training.data;

import java.util.List;
import java.util.Optional;

/**
 * What a row of text comes to: one or more answers to be learnt.
 *
 * @param system what the conversation begins with
 * @param exchanges at least one
 * @param raw whether prompt and answer stand as they are, without a chat template
 */
record Conversation(Optional<String> system, List<Exchange> exchanges, boolean raw) {
    /**
     * A prompt and its answer.
     *
     * @param prompt what is answered; empty for a text that is learnt whole
     * @param answer what is learnt
     */
    record Exchange(String prompt, String answer) {}

    Conversation {
        exchanges = List.copyOf(exchanges);
    }

    static Conversation ofRaw(String prompt, String answer) {
        return new Conversation(Optional.empty(), List.of(new Exchange(prompt, answer)), true);
    }
}
