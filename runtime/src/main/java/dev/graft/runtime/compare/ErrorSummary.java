package dev.graft.runtime.compare;

/**
 * The errors of one output over all samples.
 *
 * @param elements how many elements were finite on both sides
 * @param max the largest absolute error
 * @param mean the mean absolute error
 * @param rootMeanSquare the root of the mean squared error
 * @param mismatches elements that are finite on one side only, or NaN
 * @param notANumber elements that are NaN
 * @param histogram how the errors are distributed
 */
public record ErrorSummary(
        long elements,
        double max,
        double mean,
        double rootMeanSquare,
        long mismatches,
        long notANumber,
        ErrorHistogram histogram) {
    /** Whether there are numbers to be judged, and nothing that is none. */
    boolean areNumbers() {
        return elements > 0 && notANumber == 0;
    }

    static ErrorSummary of(ElementErrors errors) {
        return new ErrorSummary(
                errors.count(),
                errors.max(),
                errors.mean(),
                errors.rootMeanSquare(),
                errors.mismatches(),
                errors.notANumber(),
                errors.histogram());
    }
}
