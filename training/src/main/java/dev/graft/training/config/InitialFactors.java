package dev.graft.training.config;

/** What the factors of a low-rank pair start from; B starts from zero in both, an embedding's A instead of B. */
public enum InitialFactors {
    /** A uniform within one over the root of its input width, as PEFT does by default. */
    KAIMING,
    /** A normal with a standard deviation of one over the rank. */
    GAUSSIAN
}
