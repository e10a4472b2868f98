package dev.graft.compiler.verify;

import dev.graft.tensor.DType;

/**
 * How far a correctly merged weight may be from ours when another tool computed it.
 *
 * <p>We round once: {@code |error| <= eps(W) · (|W| + s·Σ|B||A|)}. Others sum the rank products in float32, which adds up to
 * {@code (r + 2) · 2^-24 · s·Σ|B||A|} (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1), and may round the
 * product to the weight's type before they add it, which doubles the first part. Two correct values are thus no farther apart
 * than both bounds together.
 */
final class WeightBound {
    private static final double FLOAT32_EPS = 0x1p-24;

    private WeightBound() {}

    /**
     * The bound of one element.
     *
     * @param weight the base's value
     * @param magnitude {@code s·Σ|B||A|}
     */
    static double of(DType dtype, int rank, double weight, double magnitude) {
        double sums = dtype == DType.FLOAT64 ? 0x1p-53 : FLOAT32_EPS;
        return 3 * eps(dtype) * (Math.abs(weight) + magnitude) + (rank + 2) * sums * magnitude;
    }

    /** Half the distance from 1 to the next number. */
    static double eps(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 0x1p-53;
            case FLOAT16 -> 0x1p-11;
            case BFLOAT16 -> 0x1p-8;
            default -> FLOAT32_EPS;
        };
    }
}
