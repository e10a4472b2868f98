package dev.graft.training.config;

/** The update rule; the names are those of transformers. */
public enum Optimizer {
    /** AdamW with decoupled weight decay. */
    ADAMW_TORCH,
    /** The same. */
    ADAMW_TORCH_FUSED,
    /** Plain gradient descent. */
    SGD;

    /** Whether this is AdamW. */
    public boolean isAdam() {
        return this != SGD;
    }
}
