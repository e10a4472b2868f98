package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import java.util.List;
import java.util.Set;

/**
 * How a text is continued, and when it ends.
 *
 * @param maxTokens the most tokens to add
 * @param contextLength the most tokens that the model can look at, prompt and all
 * @param sampling how each token is chosen
 * @param stopTokens tokens that end the text and are not part of it
 * @param stopStrings strings that end the text and are not part of it; they count in what is added, not in the prompt
 */
public record GenerationSettings(
        int maxTokens, int contextLength, SamplingSettings sampling, Set<Long> stopTokens, List<String> stopStrings) {
    /** @throws GraftException {@code USAGE} for a number or a stop string that cannot be */
    public GenerationSettings {
        if (maxTokens < 0 || contextLength < 1) {
            throw usage(
                    "expected a number of tokens from 0 and a context from 1, got " + maxTokens + " and "
                            + contextLength,
                    "Give a positive number of tokens.");
        }
        stopTokens = Set.copyOf(stopTokens);
        stopStrings = List.copyOf(stopStrings);
        if (stopStrings.contains("")) {
            throw usage("a stop string is empty", "Leave it out: every text ends with an empty one at once.");
        }
    }

    /** So many of the likeliest tokens, no other limit. */
    public static GenerationSettings ofMaxTokens(int maxTokens) {
        return new GenerationSettings(maxTokens, Integer.MAX_VALUE, SamplingSettings.GREEDY, Set.of(), List.of());
    }

    /** The same with another context length. */
    public GenerationSettings withContextLength(int tokens) {
        return new GenerationSettings(maxTokens, tokens, sampling, stopTokens, stopStrings);
    }

    /** The same with another choice of tokens. */
    public GenerationSettings withSampling(SamplingSettings settings) {
        return new GenerationSettings(maxTokens, contextLength, settings, stopTokens, stopStrings);
    }

    /** The same with other stop tokens. */
    public GenerationSettings withStopTokens(Set<Long> tokens) {
        return new GenerationSettings(maxTokens, contextLength, sampling, tokens, stopStrings);
    }

    /** The same with other stop strings. */
    public GenerationSettings withStopStrings(List<String> strings) {
        return new GenerationSettings(maxTokens, contextLength, sampling, stopTokens, strings);
    }

    private static GraftException usage(String message, String remedy) {
        return new GraftException(ErrorCode.USAGE, message, Location.NONE, remedy);
    }
}
