package dev.graft.training.run.plan;

/**
 * When to evaluate and what follows from it.
 *
 * @param cadence when
 * @param metric what is compared
 * @param loadBest whether the run ends with the parameters of the best evaluation; each better one is then saved as a checkpoint
 * @param patience after how many evaluations in a row without a gain the run stops; 0 for never
 * @param threshold by how much the metric must be better to count as a gain
 */
public record EvaluationPlan(Cadence cadence, Metric metric, boolean loadBest, int patience, double threshold) {
    /** None. */
    public static final EvaluationPlan NONE = new EvaluationPlan(Cadence.NEVER, Metric.LOSS, false, 0, 0);

    public EvaluationPlan {
        if (patience < 0 || !(threshold >= 0)) {
            throw new IllegalArgumentException("patience " + patience + ", threshold " + threshold);
        }
    }

    /** Evaluates, and nothing follows from it. */
    public static EvaluationPlan of(Cadence cadence) {
        return new EvaluationPlan(cadence, Metric.LOSS, false, 0, 0);
    }

    /** Whether evaluations decide what the run ends with. */
    public boolean decides() {
        return loadBest || patience > 0;
    }
}
