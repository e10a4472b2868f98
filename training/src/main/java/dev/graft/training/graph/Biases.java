package dev.graft.training.graph;

/** Which of the base's own biases are trained beside low-rank pairs: PEFT's {@code bias}. */
public enum Biases {
    /** None. */
    NONE,
    /** All of the model. */
    ALL,
    /** Those of the modules that get a pair. */
    LORA_ONLY
}
