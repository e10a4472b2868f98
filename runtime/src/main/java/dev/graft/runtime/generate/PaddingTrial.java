package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.cache.CacheRows;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model keeps texts of different lengths apart in one cache: not taken on trust from its inputs' names, because exporters have written masks that nothing reads, but
 * tried once, on the first text that would be padded.
 *
 * <p>The text is read on beside itself, and beside a longer one of made-up keys and values with the padding full of them. Where the padding is hidden and positions are the
 * text's own, what it goes on with is the same.
 */
final class PaddingTrial {
    private static final double MADE_UP = 8;

    /** Of the spread of the logits: what rounding does in 4-bit kernels is less, what a key too many or a wrong position does is more. */
    private static final double TOLERANCE = 0.01;

    private final boolean possible;
    private @Nullable Boolean passed;

    /** @param possible whether the inputs can say of each text where it begins and ends */
    PaddingTrial(boolean possible) {
        this.possible = possible;
    }

    /**
     * Whether texts of different lengths may share a cache; tried at the first call.
     *
     * @param text one that would be padded; all but its last token is in a cache
     * @param padding how much
     */
    synchronized boolean passes(BatchedRuns runs, CachedText text, int padding) throws InterruptedException {
        if (possible && passed == null) {
            passed = isSame(runs, text, padding);
        }
        return passed();
    }

    /** Whether it was tried and the model keeps them apart. */
    synchronized boolean passed() {
        return passed != null && passed;
    }

    private static boolean isSame(BatchedRuns runs, CachedText text, int padding) throws InterruptedException {
        List<@Nullable SlotAdapter> adapters = Arrays.asList(text.adapter(), text.adapter());
        long[][] ids = {{text.lastToken()}, {text.lastToken()}};
        try (CacheRows alike = CacheRows.join(runs.layout(), List.of(text.row(), text.row()), 1);
                CacheRows padded = CacheRows.besideFilled(runs.layout(), text.row(), padding, MADE_UP)) {
            double[] expected = runs.run(alike, ids, adapters, true).get(0);
            double[] actual = runs.run(padded, ids, adapters, true).get(0);
            DoubleSummaryStatistics logits = Arrays.stream(expected).summaryStatistics();
            // also false where one of them is not a number
            return distance(expected, actual) <= TOLERANCE * (logits.getMax() - logits.getMin());
        }
    }

    private static double distance(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> Math.abs(one[i] - other[i]))
                .reduce(0, Math::max);
    }
}
