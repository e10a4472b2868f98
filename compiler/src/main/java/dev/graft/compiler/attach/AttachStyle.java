package dev.graft.compiler.attach;

/** How A and B get into the model. */
public enum AttachStyle {
    /** As initializers: one adapter, the least cost. */
    CONSTANT,
    /** As graph inputs with a default of rank 0: adapters are switched at run time. */
    INPUT,
    /** As graph inputs that hold several adapters: every row of a batch says which one it uses. */
    BATCHED
}
