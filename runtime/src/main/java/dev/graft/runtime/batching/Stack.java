package dev.graft.runtime.batching;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;

/**
 * One input of a batched model: a factor of one module for all slots.
 *
 * @param name the input
 * @param dtype the number format
 * @param slots how many slots, the base's not counted
 * @param rows rows of a slot: [in, rank] for A, [rank, out] for B
 * @param columns columns of a slot
 * @param isA whether the rank is the columns, as in A, or the rows, as in B
 */
record Stack(String name, DType dtype, int slots, int rows, int columns, boolean isA) {
    int maxRank() {
        return isA ? columns : rows;
    }

    /** The length that is not the rank. */
    int width() {
        return isA ? rows : columns;
    }

    Shape shape() {
        return Shape.of(slots + 1L, rows, columns);
    }

    /** The bytes of one slot. */
    long slotBytes() {
        return dtype.byteSize((long) rows * columns);
    }
}
