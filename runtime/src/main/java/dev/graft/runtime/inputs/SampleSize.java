package dev.graft.runtime.inputs;

import java.util.List;

/**
 * How large a sample is.
 *
 * @param batch rows
 * @param sequence tokens, or steps, of a row
 */
public record SampleSize(long batch, long sequence) {
    /** Sizes that differ in every way that matters: one token, one row, several rows, a longer row. */
    public static final List<SampleSize> VARIED =
            List.of(new SampleSize(1, 8), new SampleSize(2, 5), new SampleSize(1, 1), new SampleSize(3, 16));

    public SampleSize {
        if (batch < 1 || sequence < 1) {
            throw new IllegalArgumentException(
                    "a sample has at least one row and one step: " + batch + ", " + sequence);
        }
    }
}
