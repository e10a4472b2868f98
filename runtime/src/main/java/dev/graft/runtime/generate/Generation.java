package dev.graft.runtime.generate;

import java.util.Arrays;

/**
 * A text that was generated.
 *
 * @param tokens prompt and continuation
 * @param promptTokens how many of them are the prompt
 * @param reason why it ends
 */
public record Generation(long[] tokens, int promptTokens, StopReason reason) {
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
        tokens = tokens.clone();
    }

    @Override
    public long[] tokens() {
        return tokens.clone();
    }

    /** The tokens that were added. */
    public long[] newTokens() {
        return Arrays.copyOfRange(tokens, promptTokens, tokens.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Generation generation
                && Arrays.equals(tokens, generation.tokens)
                && promptTokens == generation.promptTokens
                && reason == generation.reason;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens) * 31 + promptTokens;
    }

    @Override
    public String toString() {
        return Arrays.toString(tokens) + " after " + promptTokens + ", " + reason;
    }
}
