package dev.graft.runtime.generate.sampling;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/**
 * How the next token is chosen; the names, meanings and order are those of transformers' {@code GenerationConfig}.
 *
 * @param temperature 0 takes the likeliest token each time, and then only the penalty counts; 1 draws from the model's own distribution
 * @param topK draws from so many of the likeliest tokens; 0 for all
 * @param topP draws from the likeliest tokens that have so much of the probability together; 1 for all
 * @param repetitionPenalty makes tokens of the text so far less likely above 1; 1 for none
 * @param seed decides the draws
 */
public record SamplingSettings(double temperature, int topK, double topP, double repetitionPenalty, long seed) {
    /** The likeliest token each time. */
    public static final SamplingSettings GREEDY = new SamplingSettings(0, 0, 1, 1, 0);

    /** @throws GraftException {@code USAGE} for what is out of range */
    public SamplingSettings {
        check(temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "temperature", "from 0", temperature);
        check(topK >= 0, "top-k", "from 0", topK);
        check(topP >= 0 && topP <= 1, "top-p", "from 0 to 1", topP);
        check(
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "repetition penalty",
                "above 0",
                repetitionPenalty);
    }

    /** Whether nothing is drawn. */
    public boolean isGreedy() {
        return temperature == 0;
    }

    /** The same with another temperature. */
    public SamplingSettings withTemperature(double value) {
        return new SamplingSettings(value, topK, topP, repetitionPenalty, seed);
    }

    /** The same with another number of likeliest tokens. */
    public SamplingSettings withTopK(int value) {
        return new SamplingSettings(temperature, value, topP, repetitionPenalty, seed);
    }

    /** The same with another mass of likeliest tokens. */
    public SamplingSettings withTopP(double value) {
        return new SamplingSettings(temperature, topK, value, repetitionPenalty, seed);
    }

    /** The same with another penalty. */
    public SamplingSettings withRepetitionPenalty(double value) {
        return new SamplingSettings(temperature, topK, topP, value, seed);
    }

    /** The same with another seed. */
    public SamplingSettings withSeed(long value) {
        return new SamplingSettings(temperature, topK, topP, repetitionPenalty, value);
    }

    private static void check(boolean holds, String what, String range, double got) {
        if (!holds) {
            throw new GraftException(
                    ErrorCode.USAGE,
                    "expected a " + what + " " + range + ", got " + got,
                    Location.NONE,
                    "A temperature of 0 takes the likeliest token each time, top-k 0 and top-p 1 draw from all.");
        }
    }
}
