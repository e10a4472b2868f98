package dev.graft.runtime.generate.sampling;

import java.util.BitSet;

/**
 * Divides all scores, which flattens the distribution above 1 and sharpens it below.
 *
 * @param temperature above 0
 */
public record Temperature(double temperature) implements LogitsStep {
    @Override
    public void apply(double[] scores, BitSet seen) {
        for (int id = 0; id < scores.length; id++) {
            scores[id] /= temperature;
        }
    }
}
