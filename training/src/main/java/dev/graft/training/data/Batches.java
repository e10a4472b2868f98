package dev.graft.training.data;

import dev.graft.training.config.BatchOptions;
import dev.graft.training.step.Batch;
import java.util.Arrays;
import java.util.Objects;

/**
 * A data set in batches. Which rows a batch holds depends on nothing but the configuration, the epoch and its number, so that these two numbers
 * are all that a run has to remember of its place. Used by one thread at a time.
 */
public final class Batches {
    private final RowStore store;
    private final int[] rows;
    private final int batchSize;
    private final RowOrder order;
    private int orderedEpoch = -1;
    private int[] ordered = new int[0];

    private Batches(RowStore store, int[] rows, int batchSize, RowOrder order) {
        this.store = store;
        this.rows = rows;
        this.batchSize = batchSize;
        this.order = order;
    }

    /** Batches for training, in an order for each epoch. */
    static Batches forTraining(RowStore store, int[] rows, BatchOptions options) {
        return new Batches(store, rows, options.trainingSize(), new RowOrder(options, store));
    }

    /** Batches for evaluation, in the order of the files. */
    static Batches forEvaluation(RowStore store, int[] rows, BatchOptions options) {
        BatchOptions inOrder = new BatchOptions(
                options.evaluationSize(), options.evaluationSize(), false, false, options.padToMultipleOf(), 0);
        return new Batches(store, rows, options.evaluationSize(), new RowOrder(inOrder, store));
    }

    /** How many batches an epoch has; the last one may be smaller than the others. */
    public int size() {
        return (int) (((long) rows.length + batchSize - 1) / batchSize);
    }

    /** How many rows there are; of packed texts, how many sequences. */
    public int rows() {
        return rows.length;
    }

    /** Whether a row may be several texts with positions of their own, which see one another unless the graph keeps them apart. */
    public boolean packed() {
        return store.packed();
    }

    /** The length of the longest row, before rounding up. */
    public int longest() {
        return Arrays.stream(rows).map(store::length).max().orElse(0);
    }

    /**
     * One batch.
     *
     * @param epoch from 0 on
     * @param index from 0 to {@code size() - 1}
     */
    public Batch batch(int epoch, int index) {
        return store.batch(rowsOf(epoch, index));
    }

    /** The numbers of a batch's rows, counted through the data set's files from 0 on. */
    int[] rowsOf(int epoch, int index) {
        Objects.checkIndex(index, size());
        if (epoch != orderedEpoch) {
            ordered = order.order(rows, epoch);
            orderedEpoch = epoch;
        }
        int from = index * batchSize;
        return Arrays.copyOfRange(ordered, from, Math.min(from + batchSize, ordered.length));
    }
}
