package dev.graft.training.run.plan;

/** What a model is trained to do, which decides what an evaluation measures. */
public enum Task {
    /** The next token: loss and perplexity. */
    LANGUAGE_MODEL,
    /** One class per row: loss, accuracy and F1. */
    CLASSIFICATION,
    /** Numbers: loss and mean squared error. */
    REGRESSION,
    /** Whatever the graph's own loss says: loss. */
    GRAPH_LOSS
}
