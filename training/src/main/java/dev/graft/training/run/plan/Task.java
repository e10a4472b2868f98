package dev.graft.training.run.plan;

import java.util.Set;

/** What a model is trained to do, which decides what an evaluation measures. */
public enum Task {
    /** The next token: loss and perplexity. */
    LANGUAGE_MODEL(Metric.LOSS, Metric.PERPLEXITY),
    /** One class per row: loss, accuracy and F1. */
    CLASSIFICATION(Metric.LOSS, Metric.ACCURACY, Metric.F1, Metric.F1_MACRO),
    /** Numbers: loss and mean squared error. */
    REGRESSION(Metric.LOSS, Metric.MSE),
    /** Whatever the graph's own loss says: loss. */
    GRAPH_LOSS(Metric.LOSS);

    private final Set<Metric> metrics;

    Task(Metric... metrics) {
        this.metrics = Set.of(metrics);
    }

    /** What an evaluation measures. */
    public Set<Metric> metrics() {
        return metrics;
    }
}
