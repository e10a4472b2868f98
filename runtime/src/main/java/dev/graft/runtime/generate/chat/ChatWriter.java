package dev.graft.runtime.generate.chat;

import java.util.Set;

/** What was said in a conversation, as tokens, and how what comes next is written. */
interface ChatWriter {
    /** The whole conversation up to where the answer to a message begins. */
    long[] prompt(String message);

    /**
     * Takes an answer down.
     *
     * @param message what it answers
     * @param tokens the prompt and the answer, as it was generated
     * @param answer the answer's words
     */
    void answered(String message, long[] tokens, String answer);

    /** The tokens that end an answer besides those that end a text. */
    Set<Long> stopTokens();

    /** Forgets what was said. */
    void reset();
}
