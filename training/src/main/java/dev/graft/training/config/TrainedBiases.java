package dev.graft.training.config;

/** Which of the base's biases are trained beside low-rank pairs. */
public enum TrainedBiases {
    NONE,
    /** All of the model. */
    ALL,
    /** Those of the modules that get a pair. */
    LORA_ONLY
}
