package dev.graft.runtime.compare;

/**
 * The errors of values against a reference, element by element.
 *
 * @param count elements where both are finite
 * @param max the largest absolute error of these
 * @param mean the mean absolute error
 * @param rootMeanSquare the root of the mean squared error
 * @param scale the largest absolute value of the reference that is finite
 * @param cosine the cosine of the angle between the two
 * @param mismatches elements of which one is finite and the other is not, that are different infinities, or NaN, which equals nothing
 * @param notANumber values that are NaN
 * @param notFinite values that are not finite
 * @param worst the index of the first mismatch, or else of the largest error; -1 without elements
 * @param histogram the distribution of the errors
 */
record ElementErrors(
        long count,
        double max,
        double mean,
        double rootMeanSquare,
        double scale,
        double cosine,
        long mismatches,
        long notANumber,
        long notFinite,
        int worst,
        ErrorHistogram histogram) {
    static ElementErrors of(double[] reference, double[] values) {
        Sum sum = new Sum();
        sum.addAll(reference, values);
        return sum.errors();
    }

    /** Adds up errors, of one output or of the same output of several samples. */
    static final class Sum {
        private final ErrorHistogram.Builder histogram = new ErrorHistogram.Builder();
        private long count;
        private long mismatches;
        private long notANumber;
        private long notFinite;
        private int worst = -1;
        private double max = -1;
        private double total;
        private double squares;
        private double scale;
        private double dot;
        private double referenceSquares;
        private double valueSquares;

        void addAll(double[] references, double[] values) {
            for (int i = 0; i < values.length; i++) {
                add(i, references[i], values[i]);
            }
        }

        private void add(int index, double reference, double value) {
            notANumber += Double.isNaN(value) ? 1 : 0;
            notFinite += Double.isFinite(value) ? 0 : 1;
            if (Double.isFinite(reference)) {
                scale = Math.max(scale, Math.abs(reference));
            }
            if (Double.isFinite(reference) && Double.isFinite(value)) {
                addFinite(index, reference, value);
            } else if (reference != value) {
                worst = mismatches == 0 ? index : worst;
                mismatches++;
            }
        }

        private void addFinite(int index, double reference, double value) {
            double error = Math.abs(value - reference);
            histogram.add(error);
            count++;
            total += error;
            squares += error * error;
            dot += reference * value;
            referenceSquares += reference * reference;
            valueSquares += value * value;
            if (error > max) {
                max = error;
                worst = mismatches == 0 ? index : worst;
            }
        }

        ElementErrors errors() {
            double lengths = Math.sqrt(referenceSquares) * Math.sqrt(valueSquares);
            double cosine = lengths == 0 ? (referenceSquares == valueSquares ? 1 : 0) : Math.min(1, dot / lengths);
            return new ElementErrors(
                    count,
                    Math.max(max, 0),
                    count == 0 ? 0 : total / count,
                    count == 0 ? 0 : Math.sqrt(squares / count),
                    scale,
                    cosine,
                    mismatches,
                    notANumber,
                    notFinite,
                    worst,
                    histogram.build());
        }
    }
}
