package dev.graft.runtime.generate.sampling;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** Chooses the next token of one text. For one thread at a time. */
public final class TokenSampler {
    /** An id beyond it is no token, and the model will say so. */
    private static final int LARGEST_VOCABULARY = 1 << 24;

    private final List<LogitsStep> steps;
    private final boolean draws;
    private final Random random;
    private final BitSet seen = new BitSet();

    private TokenSampler(List<LogitsStep> steps, boolean draws, long seed) {
        this.steps = List.copyOf(steps);
        this.draws = draws;
        this.random = new Random(seed);
    }

    /** A sampler for one text. */
    public static TokenSampler of(SamplingSettings settings) {
        return new TokenSampler(steps(settings), !settings.isGreedy(), settings.seed());
    }

    /** What is done to the logits, in order. */
    static List<LogitsStep> steps(SamplingSettings settings) {
        List<LogitsStep> steps = new ArrayList<>();
        if (settings.repetitionPenalty() != 1) {
            steps.add(new RepetitionPenalty(settings.repetitionPenalty()));
        }
        if (settings.isGreedy()) {
            return steps;
        }
        if (settings.temperature() != 1) {
            steps.add(new Temperature(settings.temperature()));
        }
        if (settings.topK() > 0) {
            steps.add(new TopK(settings.topK()));
        }
        if (settings.topP() < 1) {
            steps.add(new TopP(settings.topP()));
        }
        return steps;
    }

    /** Takes a token into the text, of the prompt or one that was chosen. */
    public void see(long token) {
        if (token >= 0 && token < LARGEST_VOCABULARY) {
            seen.set((int) token);
        }
    }

    /**
     * The next token.
     *
     * @param logits one per entry of the vocabulary; changed
     * @throws GraftException {@code RUNTIME_FAILED} if none of them is a number
     */
    public int choose(double[] logits) {
        refuseNaN(logits);
        steps.forEach(step -> step.apply(logits, seen));
        return draws ? draw(logits) : Scores.highest(logits);
    }

    private int draw(double[] scores) {
        double[] weights = Scores.weights(scores);
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double left = random.nextDouble() * sum;
        int last = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                last = id;
                left -= weights[id];
                if (left < 0) {
                    return id;
                }
            }
        }
        return last;
    }

    private static void refuseNaN(double[] logits) {
        boolean any = false;
        for (int id = 0; id < logits.length; id++) {
            if (Double.isNaN(logits[id])) {
                logits[id] = Double.NEGATIVE_INFINITY;
            }
            any |= logits[id] > Double.NEGATIVE_INFINITY;
        }
        if (!any) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "no logit is a number",
                    Location.NONE,
                    "The model overflows: run it in float32, or check the adapter's scaling.");
        }
    }
}
