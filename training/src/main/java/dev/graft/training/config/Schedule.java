package dev.graft.training.config;

/** How the learning rate goes after the warm-up. */
public enum Schedule {
    /** Down to zero at the last step, evenly. */
    LINEAR,
    /** Down to zero at the last step, along half a cosine. */
    COSINE,
    /** The same all the time, and no warm-up. */
    CONSTANT,
    /** The same all the time after the warm-up. */
    CONSTANT_WITH_WARMUP
}
