package dev.graft.runtime.batching;

import java.time.Duration;
import java.util.List;

/**
 * Is told what a {@link BatchingRuntime} does, for metrics and logs.
 *
 * <p>Called on the thread that does it, and never while a lock is held. What a listener throws is logged and dropped: a metric that fails must not fail a request.
 */
public interface BatchListener {
    /** Hears nothing. */
    BatchListener NONE = new BatchListener() {};

    /**
     * A batch ran, and its rows have their answers.
     *
     * @param batch what it was
     */
    default void batchRan(BatchReport batch) {}

    /**
     * An adapter was copied into a slot.
     *
     * @param took the copy alone
     */
    default void adapterPlaced(String adapter, int slot, Duration took) {}

    /** An adapter made room for another; it stays known and comes back when it is asked for. */
    default void adapterEvicted(String adapter, int slot) {}

    /**
     * What a batch was.
     *
     * @param rows how many requests
     * @param adapters how many different adapters, the base counted
     * @param paddedShare which part of the tokens was padding, 0 to 1; 0 where nothing can be padded
     * @param queued how long each row waited before the batch was put together, in the rows' order
     * @param took the run, with putting the rows together and taking them apart
     * @param failed whether the run failed
     */
    record BatchReport(
            int rows, int adapters, double paddedShare, List<Duration> queued, Duration took, boolean failed) {
        public BatchReport {
            queued = List.copyOf(queued);
        }
    }
}
