package dev.graft.adapter;

/** The one place that turns alpha and rank into the factor on B·A. */
public final class Scaling {
    private Scaling() {}

    /**
     * {@code alpha / rank}, or {@code alpha / sqrt(rank)} for rsLoRA (Kalajdzievski 2023), in double.
     *
     * @param rank at least 1
     */
    public static double of(double alpha, long rank, boolean rankStabilized) {
        return alpha / (rankStabilized ? Math.sqrt((double) rank) : (double) rank);
    }
}
