package dev.graft.compiler.resolve;

/** How a stored matrix lies. */
public enum Orientation {
    /** [out, in...], as PyTorch stores Linear and Conv; [rows, width] for embeddings. */
    OUT_IN,
    /** [in, out], transposed. */
    IN_OUT
}
