package dev.graft.adapter;

/** What kind of layer a low-rank change acts on, which decides how its factors are laid out. */
public enum LayerKind {
    /** A matrix product: A is [rank, in], B is [out, rank]. */
    LINEAR,
    /** A convolution: A is [rank, in / groups, k...], B is [out, rank, 1...]. */
    CONV,
    /** A convolution in loralib's own layout: B·A, read row by row, is the weight's change whatever its shape. */
    CONV_FLAT,
    /** A matrix product or a convolution, as the base's layer is (AdaLoRA): A is [rank, in · k...], B is [out, rank]. */
    LINEAR_OR_CONV,
    /** A lookup table: A is [rank, rows], B is [width, rank], the change is the transpose of s·B·A. */
    EMBEDDING
}
