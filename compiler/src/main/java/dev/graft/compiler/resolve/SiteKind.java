package dev.graft.compiler.resolve;

/** What kind of operator uses the weight. */
public enum SiteKind {
    /** MatMul or FusedMatMul: {@code x·W} where {@code weightInput} is 1, {@code W·x} where it is 0. */
    MATMUL,
    /** Gemm or FusedGemm: the weight as B where {@code weightInput} is 1, as A where it is 0. */
    GEMM,
    /** Conv (or FusedConv) with the weight as W. */
    CONV,
    /** Gather of rows: an embedding. */
    GATHER,
    /** MatMulNBits and its like, or MatMul behind DequantizeLinear: a quantised weight. The view counts weights, not bytes. */
    QUANTIZED_MATMUL,
    /** Any other use of a named tensor, such as a norm's weight or a bias: it can be replaced as a whole. */
    OTHER;

    /** The kind in words. */
    public String displayName() {
        return switch (this) {
            case MATMUL, GEMM -> "linear";
            case CONV -> "convolution";
            case GATHER -> "embedding";
            case QUANTIZED_MATMUL -> "quantised linear";
            case OTHER -> "other";
        };
    }
}
