package dev.graft.training.config;

/** What is trained. */
public enum FinetuningType {
    /** Low-rank pairs beside the weights. */
    LORA,
    /** The weights themselves. */
    FULL
}
