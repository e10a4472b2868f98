package dev.graft.runtime.generate;

import java.time.Duration;
import java.util.List;

/**
 * A text that was generated.
 *
 * @param tokens prompt and continuation
 * @param promptTokens how many of them are the prompt
 * @param text what was added, without the stop string that ended it
 * @param reason why it ends
 * @param timeToFirstToken from the beginning until the first token was chosen; zero if none was
 * @param time from the beginning to the end
 */
public record Generation(
        List<Long> tokens, int promptTokens, String text, StopReason reason, Duration timeToFirstToken, Duration time) {
    /** Why a text ends. */
    public enum StopReason {
        /** As many tokens as were asked for. */
        MAX_TOKENS,
        /** The model can look at no more. */
        CONTEXT_FULL,
        /** A stop token. */
        STOP_TOKEN,
        /** A stop string; its tokens are among the tokens, its characters not in the text. */
        STOP_STRING,
        /** The listener wanted no more. */
        CANCELLED
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

    /** Added tokens per second, the time for the prompt included. */
    public double tokensPerSecond() {
        return (tokens.size() - promptTokens) / Math.max(time.toNanos() / 1e9, 1e-9);
    }
}
