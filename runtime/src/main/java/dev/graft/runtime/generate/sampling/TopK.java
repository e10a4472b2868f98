package dev.graft.runtime.generate.sampling;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Leaves the likeliest tokens, and those that are as likely as the last of them ({@code TopKLogitsWarper} of transformers).
 *
 * @param count how many, at least 1
 */
public record TopK(int count) implements LogitsStep {
    @Override
    public void apply(double[] scores, BitSet seen) {
        if (count >= scores.length) {
            return;
        }
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        Scores.dropBelow(scores, sorted[sorted.length - count]);
    }
}
