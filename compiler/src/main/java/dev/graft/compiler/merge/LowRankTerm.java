package dev.graft.compiler.merge;

import dev.graft.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One low-rank change of a stored block: {@code scaling · left · right}, in the block's own layout.
 *
 * @param left [rows of the block, rank]: B for a weight stored [out, in], the transpose of A for [in, out] and for embeddings
 * @param right [rank, columns of the block]
 * @param scaling the factor, with the adapter's weight; not zero
 * @param magnitude DoRA's magnitude, one element per output, or null
 * @param outputsAreRows for DoRA: whether a norm is taken per row of the block (else per column)
 */
record LowRankTerm(
        MatrixSource left,
        MatrixSource right,
        double scaling,
        @Nullable Tensor magnitude,
        boolean outputsAreRows) {
    int rank() {
        return Math.toIntExact(left.columns());
    }

    boolean isDora() {
        return magnitude != null;
    }
}
