package dev.graft.runtime.generate.sampling;

import java.util.BitSet;

/** One thing that is done to the scores of the next token. */
@FunctionalInterface
public interface LogitsStep {
    /**
     * Changes scores in place.
     *
     * @param scores one per entry of the vocabulary; minus infinity for a token that cannot come, never NaN
     * @param seen the tokens of the text so far
     */
    void apply(double[] scores, BitSet seen);
}
