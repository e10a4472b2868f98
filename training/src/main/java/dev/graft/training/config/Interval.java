package dev.graft.training.config;

/** When something is done. */
public enum Interval {
    /** Never. */
    NO,
    /** Each so many updates. */
    STEPS,
    /** At the end of each epoch. */
    EPOCH
}
