package dev.graft.runtime.compare;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far an output is from a reference.
 *
 * <p>Errors are taken over the elements where both are finite. An element where one is finite and the other is not, or where they are
 * different infinities, is a mismatch and counted apart, because no number says how wrong it is.
 *
 * @param output the output's name
 * @param dtype its number format
 * @param shape its shape
 * @param maxError the largest absolute error
 * @param meanError the mean absolute error
 * @param rootMeanSquareError the root of the mean squared error
 * @param scale the largest absolute value of the reference
 * @param cosine the cosine of the angle between the two as vectors; 1 where both are zero
 * @param mismatches elements that are finite in one of the two only, or differ and are not finite, or are NaN, which equals nothing
 * @param notFinite elements of the output that are NaN or infinite, whatever the reference is
 * @param worst where the error is largest, or the first mismatch if there is one; empty for an output without elements
 * @param distribution the comparison as distributions, if the output is one
 * @param histogram how the errors are distributed
 */
public record OutputComparison(
        String output,
        DType dtype,
        Shape shape,
        double maxError,
        double meanError,
        double rootMeanSquareError,
        double scale,
        double cosine,
        long mismatches,
        long notFinite,
        Optional<Element> worst,
        Optional<DistributionComparison> distribution,
        ErrorHistogram histogram) {
    /**
     * An element of an output.
     *
     * @param index its place, one number per axis
     * @param expected the reference's value
     * @param actual the output's value
     */
    public record Element(Shape index, double expected, double actual) {}

    /**
     * Compares an output with a reference of the same shape, of any numeric types.
     *
     * @throws GraftException {@code VERIFICATION_FAILED} if the shapes differ
     */
    public static OutputComparison of(String output, OutputKind kind, HostTensor expected, HostTensor actual) {
        if (!expected.shape().equals(actual.shape())) {
            throw new GraftException(
                    ErrorCode.VERIFICATION_FAILED,
                    "expected the output '" + output + "' to be " + expected.shape() + ", got " + actual.shape(),
                    Location.ofTensor(null, output),
                    "Compare models of the same architecture.");
        }
        double[] reference = expected.toDoubles();
        double[] values = actual.toDoubles();
        ElementErrors errors = ElementErrors.of(reference, values);
        return new OutputComparison(
                output,
                actual.dtype(),
                actual.shape(),
                errors.max(),
                errors.mean(),
                errors.rootMeanSquare(),
                errors.scale(),
                errors.cosine(),
                errors.mismatches(),
                errors.notFinite(),
                errors.worst() < 0
                        ? Optional.empty()
                        : Optional.of(new Element(
                                index(actual.shape(), errors.worst()),
                                reference[errors.worst()],
                                values[errors.worst()])),
                DistributionComparison.of(kind, actual.shape(), reference, values),
                errors.histogram());
    }

    /** Compares all outputs of two models, by name; the kinds are told by the names. */
    public static Map<String, OutputComparison> ofAll(
            Map<String, HostTensor> expected, Map<String, HostTensor> actual) {
        Map<String, OutputComparison> comparisons = new LinkedHashMap<>();
        expected.forEach((name, reference) -> {
            HostTensor value = actual.get(name);
            if (value == null) {
                throw new GraftException(
                        ErrorCode.VERIFICATION_FAILED,
                        "expected an output '" + name + "', got " + actual.keySet(),
                        Location.NONE,
                        "Compare models of the same architecture.");
            }
            comparisons.put(name, of(name, OutputKind.ofName(name), reference, value));
        });
        return comparisons;
    }

    /** The largest error as a fraction of the reference's largest value; 0 where there is no error. */
    public double relativeError() {
        return maxError == 0 ? 0 : maxError / scale;
    }

    /** Whether the two are the same numbers, signs of zero aside. */
    public boolean isExact() {
        return maxError == 0 && mismatches == 0;
    }

    private static Shape index(Shape shape, int flat) {
        long[] index = new long[shape.rank()];
        long rest = flat;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            index[axis] = rest % shape.dim(axis);
            rest /= shape.dim(axis);
        }
        return Shape.of(index);
    }
}
