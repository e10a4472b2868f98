package dev.graft.runtime.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * How many errors are how large, in bins that are the same for every comparison, so that histograms can be laid over each other and summed.
 *
 * <p>Bin 0 counts errors of exactly zero. Bin i &gt; 0 counts errors in [10^((i-1)/2 - 15), 10^(i/2 - 15)), two bins per power of ten, from 1e-15 to
 * 1e5; the first and last of them also take what is beyond.
 *
 * @param counts one count per bin
 */
public record ErrorHistogram(List<Long> counts) {
    private static final int LOWEST_EXPONENT = -15;
    private static final int HIGHEST_EXPONENT = 5;
    private static final int BINS_PER_DECADE = 2;

    /** The number of bins. */
    public static final int BINS = 1 + (HIGHEST_EXPONENT - LOWEST_EXPONENT) * BINS_PER_DECADE;

    public ErrorHistogram {
        counts = List.copyOf(counts);
        if (counts.size() != BINS) {
            throw new IllegalArgumentException(counts.size() + " bins instead of " + BINS);
        }
    }

    /** The lower end of a bin; 0 for the first two. */
    public static double lowerEnd(int bin) {
        return bin <= 1 ? 0 : Math.pow(10, (double) (bin - 1) / BINS_PER_DECADE + LOWEST_EXPONENT);
    }

    /** The upper end of a bin, which is not in it; infinite for the last. */
    public static double upperEnd(int bin) {
        return bin == 0 ? 0 : bin == BINS - 1 ? Double.POSITIVE_INFINITY : lowerEnd(bin + 1);
    }

    /** The sum of two histograms. */
    public ErrorHistogram plus(ErrorHistogram other) {
        List<Long> sum = new ArrayList<>();
        for (int bin = 0; bin < BINS; bin++) {
            sum.add(counts.get(bin) + other.counts.get(bin));
        }
        return new ErrorHistogram(sum);
    }

    /** The number of errors. */
    public long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** Counts errors. */
    static final class Builder {
        private final long[] counts = new long[BINS];

        void add(double error) {
            counts[bin(error)]++;
        }

        ErrorHistogram build() {
            List<Long> list = new ArrayList<>();
            for (long count : counts) {
                list.add(count);
            }
            return new ErrorHistogram(list);
        }

        private static int bin(double error) {
            if (error == 0) {
                return 0;
            }
            double place = (Math.log10(error) - LOWEST_EXPONENT) * BINS_PER_DECADE;
            return 1 + (int) Math.max(0, Math.min(BINS - 2, Math.floor(place)));
        }
    }
}
