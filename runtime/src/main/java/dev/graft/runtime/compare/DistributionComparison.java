package dev.graft.runtime.compare;

import dev.graft.tensor.Shape;
import java.util.Optional;

/**
 * How far two outputs are apart as distributions over their last axis.
 *
 * @param rows how many distributions were compared: those that are finite in both
 * @param topOneAgreement the fraction of rows whose most likely entry is the same; among equals the first counts
 * @param meanDivergence the mean over rows of the Kullback-Leibler divergence KL(reference || output), in nats
 * @param maxDivergence its largest value
 */
public record DistributionComparison(long rows, double topOneAgreement, double meanDivergence, double maxDivergence) {
    /** The comparison, or nothing where the outputs are no distributions over two or more entries. */
    static Optional<DistributionComparison> of(OutputKind kind, Shape shape, double[] reference, double[] values) {
        if (kind == OutputKind.VALUES || shape.rank() == 0 || shape.dim(-1) < 2 || values.length == 0) {
            return Optional.empty();
        }
        int width = (int) shape.dim(-1);
        long rows = 0;
        long agreements = 0;
        double total = 0;
        double max = 0;
        for (int start = 0; start < values.length; start += width) {
            double[] expected = logarithms(kind, reference, start, width);
            double[] actual = logarithms(kind, values, start, width);
            if (isProper(expected) && isProper(actual)) {
                double divergence = divergence(expected, actual);
                rows++;
                agreements += argMax(expected) == argMax(actual) ? 1 : 0;
                total += divergence;
                max = Math.max(max, divergence);
            }
        }
        return rows == 0
                ? Optional.empty()
                : Optional.of(new DistributionComparison(rows, (double) agreements / rows, total / rows, max));
    }

    /** Logarithms of the probabilities of a row, normalised. */
    private static double[] logarithms(OutputKind kind, double[] values, int start, int width) {
        double[] row = new double[width];
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < width; i++) {
            row[i] = kind == OutputKind.PROBABILITIES ? Math.log(values[start + i]) : values[start + i];
            highest = Math.max(highest, row[i]);
        }
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value - highest);
        }
        double normaliser = highest + Math.log(sum);
        for (int i = 0; i < width; i++) {
            row[i] -= normaliser;
        }
        return row;
    }

    /** Minus infinity is a probability of zero (a masked entry); anything else that is not finite is not a distribution. */
    private static boolean isProper(double[] logarithms) {
        for (double value : logarithms) {
            if (Double.isNaN(value) || value == Double.POSITIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    private static double divergence(double[] expected, double[] actual) {
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] != Double.NEGATIVE_INFINITY) {
                sum += Math.exp(expected[i]) * (expected[i] - actual[i]);
            }
        }
        // rounding can bring the sum of two equal distributions below zero
        return Math.max(0, sum);
    }

    private static int argMax(double[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }
}
