package dev.graft.training.data;

import dev.graft.training.config.BatchOptions;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * In which order rows come in an epoch: that of the files, or a permutation that seed and epoch decide.
 *
 * <p>{@code java.util.Random} is specified to the bit, so that a seed means the same order on every machine and Java version.
 */
final class RowOrder {
    /** As transformers: rows are sorted by length within so many batches. */
    private static final int GROUPED_BATCHES = 50;

    private final BatchOptions options;
    private final RowStore store;

    RowOrder(BatchOptions options, RowStore store) {
        this.options = options;
        this.store = store;
    }

    /** The rows of an epoch. */
    int[] order(int[] rows, int epoch) {
        if (!options.shuffle()) {
            return rows;
        }
        int[] order = shuffled(rows, options.seed(), epoch);
        return options.groupByLength() ? grouped(order) : order;
    }

    /** A permutation by Fisher and Yates. */
    static int[] shuffled(int[] rows, long seed, long epoch) {
        // neighbouring seeds give Random neighbouring first numbers, so they are spread
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + epoch * 0xBF58476D1CE4E5B9L);
        int[] order = rows.clone();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int row = order[i];
            order[i] = order[j];
            order[j] = row;
        }
        return order;
    }

    /** Within groups of batches by falling length; the longest row of all changes places with the first, so that what needs most memory comes at once. */
    private int[] grouped(int[] order) {
        int group = (int) Math.min(order.length, (long) GROUPED_BATCHES * options.trainingSize());
        int longestAt = 0;
        int[] sorted = new int[order.length];
        for (int from = 0; from < order.length; from += Math.max(1, group)) {
            int[] part = Arrays.copyOfRange(order, from, Math.min(order.length, from + group));
            int[] byLength = IntStream.of(part)
                    .boxed()
                    .sorted((a, b) -> Integer.compare(store.length(b), store.length(a)))
                    .mapToInt(Integer::intValue)
                    .toArray();
            System.arraycopy(byLength, 0, sorted, from, byLength.length);
            if (store.length(sorted[from]) > store.length(sorted[longestAt])) {
                longestAt = from;
            }
        }
        if (sorted.length > 0) {
            int longest = sorted[longestAt];
            sorted[longestAt] = sorted[0];
            sorted[0] = longest;
        }
        return sorted;
    }
}
