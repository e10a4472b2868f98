package dev.graft.runtime.generate;

import java.util.Set;

/**
 * When to stop.
 *
 * @param newTokens the most tokens to add
 * @param contextTokens the most tokens that the model can look at, prompt and all
 * @param stopTokens tokens that end the text and are not part of it
 */
public record GenerationLimits(int newTokens, int contextTokens, Set<Long> stopTokens) {
    public GenerationLimits {
        if (newTokens < 0 || contextTokens < 1) {
            throw new IllegalArgumentException("impossible limits: " + newTokens + ", " + contextTokens);
        }
        stopTokens = Set.copyOf(stopTokens);
    }

    /** So many tokens, no other limit. */
    public static GenerationLimits ofNewTokens(int newTokens) {
        return new GenerationLimits(newTokens, Integer.MAX_VALUE, Set.of());
    }
}
