package dev.graft.runtime.generate.sampling;

import java.util.BitSet;

/**
 * Makes tokens that the text has already less likely: positive scores are divided by the penalty, negative ones multiplied (Keskar et al. 2019, section 4.1;
 * {@code RepetitionPenaltyLogitsProcessor} of transformers).
 *
 * @param penalty above 1 to avoid repetition, below 1 to seek it
 */
public record RepetitionPenalty(double penalty) implements LogitsStep {
    @Override
    public void apply(double[] scores, BitSet seen) {
        for (int id = seen.nextSetBit(0); id >= 0 && id < scores.length; id = seen.nextSetBit(id + 1)) {
            scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
        }
    }
}
