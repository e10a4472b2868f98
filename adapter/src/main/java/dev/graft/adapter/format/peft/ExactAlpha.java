package dev.graft.adapter.format.peft;

/** Finds the alpha from which PEFT computes exactly a given scaling. */
final class ExactAlpha {
    private ExactAlpha() {}

    /**
     * An alpha with {@code alpha / rank == scaling} in double; a whole one where there is one. Where no double gives it exactly,
     * the one that comes nearest: an error of half a unit in the last place, far below any weight's rounding.
     */
    static double of(double scaling, long rank) {
        double product = scaling * rank;
        double[] candidates = {Math.rint(product), product, Math.nextDown(product), Math.nextUp(product)};
        for (double alpha : candidates) {
            if (alpha / rank == scaling) {
                return alpha;
            }
        }
        return product;
    }
}
