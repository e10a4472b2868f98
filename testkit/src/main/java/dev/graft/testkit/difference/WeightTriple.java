package dev.graft.testkit.difference;

import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.verify.ChangeStrength;
import dev.graft.tensor.Tensor;

/**
 * A target's weight in three models.
 *
 * @param tensor its name
 * @param module its module
 * @param base before
 * @param expected as a merge gives it
 * @param actual as the model under test has it
 */
record WeightTriple(String tensor, String module, TensorIndex base, TensorIndex expected, TensorIndex actual) {
    private static final int WINDOW = 1 << 14;
    private static final long LARGEST_TO_TRANSPOSE = 1 << 22;

    /** Other tools add in float32 and round more than once. */
    private static final int ROUNDINGS = 8;

    /**
     * How a change that was made lies to a change that was wanted.
     *
     * @param factor the least-squares factor of made on wanted
     * @param cosine the cosine of the angle between them
     * @param length the length of the change that was made
     */
    record Likeness(double factor, double cosine, double length) {
        boolean isFinite() {
            return Double.isFinite(length);
        }

        boolean isNothing() {
            return length == 0;
        }

        boolean isSameDirection() {
            return Math.abs(cosine) > 0.99;
        }
    }

    /** Whether the weight is the merged one up to some roundings of its type, each element and all together. */
    boolean isWithinRounding() {
        ChangeStrength strength = new ChangeStrength();
        double[] before = new double[WINDOW];
        double[] wanted = new double[WINDOW];
        double[] got = new double[WINDOW];
        double roundoff = ROUNDINGS * base.dtype().unitRoundoff();
        for (long first = 0; first < elements(); first += WINDOW) {
            int count = read(base, first, before);
            read(expected, first, wanted);
            read(actual, first, got);
            for (int i = 0; i < count; i++) {
                if (!(Math.abs(got[i] - wanted[i]) <= roundoff * (Math.abs(before[i]) + Math.abs(wanted[i])))) {
                    return false;
                }
                strength.add(before[i], wanted[i], got[i]);
            }
        }
        return strength.wrongFactor().isEmpty();
    }

    /** How this weight's change lies to the change that another weight of the same shape should have. */
    Likeness likeness(WeightTriple other) {
        Products products = new Products();
        double[][] windows = new double[4][WINDOW];
        for (long first = 0; first < elements(); first += WINDOW) {
            int count = read(base, first, windows[0]);
            read(actual, first, windows[1]);
            read(other.base, first, windows[2]);
            read(other.expected, first, windows[3]);
            for (int i = 0; i < count; i++) {
                products.add(windows[1][i] - windows[0][i], windows[3][i] - windows[2][i]);
            }
        }
        return products.likeness();
    }

    /** Whether this is a square weight whose change is the wanted one transposed. */
    boolean isTransposed() {
        if (!base.shape().isSquareMatrix() || elements() > LARGEST_TO_TRANSPOSE) {
            return false;
        }
        double[] before = all(base);
        double[] wanted = all(expected);
        double[] got = all(actual);
        int size = (int) base.shape().dim(0);
        Products products = new Products();
        for (int i = 0; i < before.length; i++) {
            int mirrored = i % size * size + i / size;
            products.add(got[i] - before[i], wanted[mirrored] - before[mirrored]);
        }
        return products.likeness().isSameDirection();
    }

    private long elements() {
        return base.shape().elements();
    }

    private int read(TensorIndex index, long first, double[] window) {
        int count = (int) Math.min(WINDOW, elements() - first);
        stored(index).readDoubles(first, window, 0, count);
        return count;
    }

    private static double[] all(TensorIndex index) {
        return stored(index).toDoubles();
    }

    private static Tensor stored(TensorIndex index) {
        return index.tensor().orElseThrow();
    }

    /** Inner products of a change that was made and one that was wanted. */
    private static final class Products {
        private double madeMade;
        private double madeWanted;
        private double wantedWanted;

        void add(double made, double wanted) {
            madeMade += made * made;
            madeWanted += made * wanted;
            wantedWanted += wanted * wanted;
        }

        Likeness likeness() {
            double lengths = Math.sqrt(madeMade) * Math.sqrt(wantedWanted);
            return new Likeness(
                    wantedWanted == 0 ? 0 : madeWanted / wantedWanted,
                    lengths == 0 ? 0 : madeWanted / lengths,
                    Math.sqrt(madeMade));
        }
    }
}
