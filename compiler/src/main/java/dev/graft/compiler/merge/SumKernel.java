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

    /** {@code sum[j] = Σ_k left[leftOffset + k] · right[k][j]} for the first {@code count} columns. */
    static void product(double[] left, int leftOffset, double[][] right, double[] sum, int count) {
        java.util.Arrays.fill(sum, 0, count, 0.0);
        int k = 0;
        for (; k + 8 <= right.length; k += 8) {
            addEight(left, leftOffset + k, right, k, sum, count);
        }
        for (; k + 4 <= right.length; k += 4) {
            addFour(left, leftOffset + k, right, k, sum, count);
        }
        for (; k < right.length; k++) {
            addOne(left[leftOffset + k], right[k], sum, count);
        }
    }

    private static void addEight(double[] left, int at, double[][] right, int k, double[] sum, int count) {
        addEight(
                sum,
                count,
                left[at],
                right[k],
                left[at + 1],
                right[k + 1],
                left[at + 2],
                right[k + 2],
                left[at + 3],
                right[k + 3],
                left[at + 4],
                right[k + 4],
                left[at + 5],
                right[k + 5],
                left[at + 6],
                right[k + 6],
                left[at + 7],
                right[k + 7]);
    }

    private static void addEight(
            double[] sum,
            int count,
            double b0,
            double[] a0,
            double b1,
            double[] a1,
            double b2,
            double[] a2,
            double b3,
            double[] a3,
            double b4,
            double[] a4,
            double b5,
            double[] a5,
            double b6,
            double[] a6,
            double b7,
            double[] a7) {
        for (int j = 0; j < count; j++) {
            sum[j] = sum[j]
                    + b0 * a0[j]
                    + b1 * a1[j]
                    + b2 * a2[j]
                    + b3 * a3[j]
                    + b4 * a4[j]
                    + b5 * a5[j]
                    + b6 * a6[j]
                    + b7 * a7[j];
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

    /** {@code total = base + delta}. */
    static void add(double[] base, double[] delta, double[] total, int count) {
        for (int j = 0; j < count; j++) {
            total[j] = base[j] + delta[j];
        }
    }

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
