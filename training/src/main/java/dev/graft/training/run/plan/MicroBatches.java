package dev.graft.training.run.plan;

import dev.graft.training.step.Batch;

/**
 * The micro-batches of every epoch, each at its place: the same epoch and index give the same batch, in any order and any process,
 * which is what a resumed run rests on.
 */
public interface MicroBatches {
    /** How many there are in each epoch; at least 1. */
    int perEpoch();

    /**
     * One micro-batch.
     *
     * @param epoch from 0
     * @param index from 0 to {@link #perEpoch()} - 1
     */
    Batch batch(int epoch, int index);
}
