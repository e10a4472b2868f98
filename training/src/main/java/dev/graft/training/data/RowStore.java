package dev.graft.training.data;

import dev.graft.training.step.Batch;

/** Rows that are ready to be put into batches. */
interface RowStore {
    /** How many there are. */
    int rows();

    /** How long one is in a batch; rows that are no text are all of length 1. */
    int length(int row);

    /** The batch of these rows, in this order. */
    Batch batch(int[] rows);

    /** Whether a row may be several texts, with positions of their own. */
    default boolean packed() {
        return false;
    }
}
