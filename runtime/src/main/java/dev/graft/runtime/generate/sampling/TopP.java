package dev.graft.runtime.generate.sampling;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Drops the least likely tokens as long as their probabilities together are at most {@code 1 - mass} (Holtzman et al. 2020, nucleus sampling; {@code TopPLogitsWarper}
 * of transformers); tokens as likely as the last that stays do too.
 *
 * @param mass from 0, which leaves the likeliest token, to 1
 */
public record TopP(double mass) implements LogitsStep {
    @Override
    public void apply(double[] scores, BitSet seen) {
        double[] sorted = Arrays.stream(scores)
                .filter(score -> score > Double.NEGATIVE_INFINITY)
                .sorted()
                .toArray();
        double[] weights = Scores.weights(sorted);
        double most = (1 - mass) * Arrays.stream(weights).sum();
        double dropped = 0;
        int first = 0;
        while (first < sorted.length - 1 && dropped + weights[first] <= most) {
            dropped += weights[first++];
        }
        Scores.dropBelow(scores, sorted[first]);
    }
}
