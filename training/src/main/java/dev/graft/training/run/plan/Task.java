package dev.graft.training.run.plan;

import java.util.Set;

/** What a model is trained to do, which decides what an evaluation measures. */
public enum Task {
    /** The next token: loss and perplexity. */
    LANGUAGE_MODEL,
    /** One class per row: loss, accuracy and F1. */
    CLASSIFICATION,
    /** Numbers: loss and mean squared error. */
    REGRESSION,
    /** Whatever the graph's own loss says: loss. */
    GRAPH_LOSS;

    /** What an evaluation measures. */
    public Set<Metric> metrics() {
        return switch (this) {
            case LANGUAGE_MODEL -> Set.of(Metric.LOSS, Metric.PERPLEXITY);
            case CLASSIFICATION -> Set.of(Metric.LOSS, Metric.ACCURACY, Metric.F1, Metric.F1_MACRO);
            case REGRESSION -> Set.of(Metric.LOSS, Metric.MSE);
            case GRAPH_LOSS -> Set.of(Metric.LOSS);
        };
    }
}
