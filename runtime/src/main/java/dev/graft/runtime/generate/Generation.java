package dev.graft.runtime.generate;

import java.util.List;

/**
 * A text that was generated.
 *
 * @param tokens prompt and continuation
 * @param promptTokens how many of them are the prompt
 * @param reason why it ends
 */
public record Generation(List<Long> tokens, int promptTokens, StopReason reason) {
    /** Why a text ends. */
    public enum StopReason {
        /** As many tokens as were asked for. */
        NEW_TOKENS,
        /** The model can look at no more. */
        CONTEXT_FULL,
        /** A stop token. */
        STOP_TOKEN
    }

    public Generation {
        tokens = List.copyOf(tokens);
    }

    /** The tokens that were added. */
    public List<Long> newTokens() {
        return tokens.subList(promptTokens, tokens.size());
    }

    /** The prompt's tokens. */
    public List<Long> prompt() {
        return tokens.subList(0, promptTokens);
    }
}
