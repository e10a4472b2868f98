package dev.graft.runtime.compare;

/**
 * The errors of one output over all samples.
 *
 * @param elements how many elements were finite on both sides
 * @param max the largest absolute error
 * @param mean the mean absolute error
 * @param rootMeanSquare the root of the mean squared error
 * @param mismatches elements that are finite on one side only
 * @param histogram how the errors are distributed
 */
public record ErrorSummary(
        long elements, double max, double mean, double rootMeanSquare, long mismatches, ErrorHistogram histogram) {
    static ErrorSummary of(ElementErrors errors) {
        return new ErrorSummary(
                errors.count(),
                errors.max(),
                errors.mean(),
                errors.rootMeanSquare(),
                errors.mismatches(),
                errors.histogram());
    }
}
