package dev.graft.runtime.compare;

import dev.graft.tensor.DType;

/**
 * How far two right computations of one output may be apart.
 *
 * <p>{@code SPREAD · measured + ROUNDINGS · eps · scale}: see {@link NumericVerdict} for the reasons.
 */
public final class OutputTolerance {
    /** How much larger than a measured error another draw from the same distribution may be. */
    static final int SPREAD = 4;

    /** Roundings of the output's own type that are nothing. */
    static final int ROUNDINGS = 16;

    private OutputTolerance() {}

    /**
     * The tolerance on the largest error, measured from one model that computed the output in two ways that round differently: what these differ by is what
     * rounding costs. Running a model optimised and as it is written is no such pair: ONNX Runtime often adds in the same order both times, and the difference is zero.
     *
     * @param twoWays the comparison of the two
     */
    public static double ofTwoWays(OutputComparison twoWays) {
        return of(twoWays.maxError(), twoWays.dtype(), twoWays.scale());
    }

    /** The tolerance for a measured error of outputs of a type and a largest absolute value. */
    static double of(double measured, DType dtype, double scale) {
        double roundoff = dtype.isFloat() ? dtype.unitRoundoff() : 0;
        return SPREAD * measured + ROUNDINGS * roundoff * scale;
    }
}
