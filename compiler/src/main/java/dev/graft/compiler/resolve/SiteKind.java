package dev.graft.compiler.resolve;

/** What kind of operator uses the weight. */
public enum SiteKind {
    /** MatMul or FusedMatMul with the weight on the right. */
    MATMUL,
    /** Gemm with the weight as B. */
    GEMM,
    /** Conv (or FusedConv) with the weight as W. */
    CONV,
    /** Gather of rows: an embedding. */
    GATHER,
    /** MatMulNBits, or MatMul behind DequantizeLinear: a quantised weight. */
    QUANTIZED_MATMUL,
    /** Any other use of a named tensor, such as a norm's weight or a bias: it can be replaced as a whole. */
    OTHER
}
