package dev.graft.compiler.merge;

/**
 * The inner loops of a merge: sums of products in double, in the order of k, element by element.
 *
 * <p>The order of every element's sum is fixed: {@code ((0 + b0·a0) + b1·a1) + ...}. Unrolling over k keeps it, vectorising over
 * columns cannot change it, and there is no fused multiply-add: Java never fuses by itself. (With factors of at most 24
 * significant bits, float32 and narrower, each product is exact in double, so a fused sum would be the same.) Hence the same bits
 * from the interpreter, both compilers and every processor.
 */
final class SumKernel {
    private SumKernel() {}

    /** {@code sum[j] = Σ_k left[at + k] · right[k][j]} for the first {@code count} columns. */
    static void product(double[] left, int at, double[][] right, double[] sum, int count) {
        java.util.Arrays.fill(sum, 0, count, 0.0);
        int k = 0;
        for (; k + 4 <= right.length; k += 4) {
            addFour(left, at + k, right, k, sum, count);
        }
        for (; k < right.length; k++) {
            addOne(left[at + k], right[k], sum, count);
        }
    }

    /** The same for two rows of {@code left} at once, which halves the traffic of {@code right}. */
    static void product(
            double[] left, int at, int otherAt, double[][] right, double[] sum, double[] otherSum, int count) {
        java.util.Arrays.fill(sum, 0, count, 0.0);
        java.util.Arrays.fill(otherSum, 0, count, 0.0);
        int k = 0;
        for (; k + 4 <= right.length; k += 4) {
            addFour(left, at + k, otherAt + k, right, k, sum, otherSum, count);
        }
        for (; k < right.length; k++) {
            addOne(left[at + k], right[k], sum, count);
            addOne(left[otherAt + k], right[k], otherSum, count);
        }
    }

    // Four factors and two rows are what fits: with eight factors, or three rows, the loop grows beyond what JDK 17
    // unrolls, and then it is not vectorised (11 instead of 40 GFLOP/s).
    private static void addFour(
            double[] left, int at, int otherAt, double[][] right, int k, double[] sum, double[] otherSum, int count) {
        double b0 = left[at];
        double b1 = left[at + 1];
        double b2 = left[at + 2];
        double b3 = left[at + 3];
        double c0 = left[otherAt];
        double c1 = left[otherAt + 1];
        double c2 = left[otherAt + 2];
        double c3 = left[otherAt + 3];
        double[] a0 = right[k];
        double[] a1 = right[k + 1];
        double[] a2 = right[k + 2];
        double[] a3 = right[k + 3];
        for (int j = 0; j < count; j++) {
            double x0 = a0[j];
            double x1 = a1[j];
            double x2 = a2[j];
            double x3 = a3[j];
            sum[j] = sum[j] + b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3;
            otherSum[j] = otherSum[j] + c0 * x0 + c1 * x1 + c2 * x2 + c3 * x3;
        }
    }

    private static void addFour(double[] left, int at, double[][] right, int k, double[] sum, int count) {
        double b0 = left[at];
        double b1 = left[at + 1];
        double b2 = left[at + 2];
        double b3 = left[at + 3];
        double[] a0 = right[k];
        double[] a1 = right[k + 1];
        double[] a2 = right[k + 2];
        double[] a3 = right[k + 3];
        for (int j = 0; j < count; j++) {
            sum[j] = sum[j] + b0 * a0[j] + b1 * a1[j] + b2 * a2[j] + b3 * a3[j];
        }
    }

    private static void addOne(double b, double[] a, double[] sum, int count) {
        for (int j = 0; j < count; j++) {
            sum[j] = sum[j] + b * a[j];
        }
    }

    /** {@code delta[j] = scaling · sum[j]}. */
    static void scale(double scaling, double[] sum, double[] delta, int count) {
        for (int j = 0; j < count; j++) {
            delta[j] = scaling * sum[j];
        }
    }

    /** {@code delta[j] += scaling · sum[j]}. */
    static void addScaled(double scaling, double[] sum, double[] delta, int count) {
        for (int j = 0; j < count; j++) {
            delta[j] = delta[j] + scaling * sum[j];
        }
    }

    /** {@code total = base + delta}, and both squares added to their sums. */
    static void add(double[] base, double[] delta, double[] total, Squares squares, int count) {
        add(base, delta, total, squares.ofWeight(), squares.ofDelta(), count);
    }

    private static void add(
            double[] base, double[] delta, double[] total, double[] squares, double[] deltaSquares, int count) {
        for (int j = 0; j < count; j++) {
            double w = base[j];
            double d = delta[j];
            total[j] = w + d;
            squares[j] = squares[j] + w * w;
            deltaSquares[j] = deltaSquares[j] + d * d;
        }
    }

    /** Sums of squares, one per column of a tile. */
    record Squares(double[] ofWeight, double[] ofDelta) {}

    /** {@code delta = total - base}. */
    static void subtract(double[] total, double[] base, double[] delta, int count) {
        for (int j = 0; j < count; j++) {
            delta[j] = total[j] - base[j];
        }
    }

    /** {@code squares[j] += values[j]²}. */
    static void addSquares(double[] values, double[] squares, int count) {
        for (int j = 0; j < count; j++) {
            squares[j] = squares[j] + values[j] * values[j];
        }
    }
}
