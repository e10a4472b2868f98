package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.TensorIndex;
import java.util.List;

/**
 * A stored tensor that changes.
 *
 * @param tensor the tensor in the base
 * @param blocks the blocks that change; no two share an element
 */
record TensorEdit(TensorIndex tensor, List<BlockEdit> blocks) {
    TensorEdit {
        blocks = List.copyOf(blocks);
    }

    /** The length of a row of the stored matrix. */
    long columns() {
        return blocks.get(0).view().tensorColumns();
    }

    /** The rows of the stored matrix. */
    long rows() {
        return columns() == 0 ? 0 : tensor.shape().elements() / columns();
    }

    /** Where the base holds it. */
    List<ByteRegion> source() {
        return tensor.runs();
    }

    int elementBytes() {
        return tensor.dtype().bits() / 8;
    }

    int totalRank() {
        return blocks.stream().mapToInt(BlockEdit::totalRank).max().orElse(0);
    }
}
