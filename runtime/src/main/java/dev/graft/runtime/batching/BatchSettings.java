package dev.graft.runtime.batching;

import dev.graft.runtime.session.SessionSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/**
 * How a {@link BatchingRuntime} works.
 *
 * @param session how the model is opened
 * @param maxBatch the most rows of a batch
 * @param maxWait how long a request waits for others to join it; nothing waits while a batch runs that could run
 * @param queueLimit the most requests that wait at a time
 * @param maxPadding which part of a batch may be padding, 0 to 1: rows that would make it more wait for rows of their own length
 * @param padding what inputs are padded with, by name, where it is not 0 behind an attention mask; giving it for all inputs of one length allows padding without a
 *     mask
 * @param completions where what callers have chained to a future runs; never the thread that runs the batches
 * @param listener is told what happens
 */
public record BatchSettings(
        SessionSettings session,
        int maxBatch,
        Duration maxWait,
        int queueLimit,
        double maxPadding,
        Map<String, Double> padding,
        Executor completions,
        BatchListener listener) {
    /** The processor, batches of 8, 1 ms, 1024 requests, three tenths of padding, nobody listening. */
    public static final BatchSettings DEFAULT = new BatchSettings(
            SessionSettings.DEFAULT,
            8,
            Duration.ofMillis(1),
            1024,
            0.3,
            Map.of(),
            ForkJoinPool.commonPool(),
            BatchListener.NONE);

    public BatchSettings {
        if (maxBatch < 1 || queueLimit < 1 || maxWait.isNegative() || !(maxPadding >= 0 && maxPadding <= 1)) {
            throw new IllegalArgumentException("batches of " + maxBatch + ", a wait of " + maxWait + ", a queue of "
                    + queueLimit + ", padding of " + maxPadding);
        }
        padding = Map.copyOf(padding);
    }

    /** The same with another way to open the model. */
    public BatchSettings with(SessionSettings other) {
        return new BatchSettings(other, maxBatch, maxWait, queueLimit, maxPadding, padding, completions, listener);
    }

    /** The same with batches of at most so many rows. */
    public BatchSettings withMaxBatch(int rows) {
        return new BatchSettings(session, rows, maxWait, queueLimit, maxPadding, padding, completions, listener);
    }

    /** The same with another wait. */
    public BatchSettings withMaxWait(Duration wait) {
        return new BatchSettings(session, maxBatch, wait, queueLimit, maxPadding, padding, completions, listener);
    }

    /** The same with room for so many requests. */
    public BatchSettings withQueueLimit(int requests) {
        return new BatchSettings(session, maxBatch, maxWait, requests, maxPadding, padding, completions, listener);
    }

    /** The same with another share of padding. */
    public BatchSettings withMaxPadding(double share) {
        return new BatchSettings(session, maxBatch, maxWait, queueLimit, share, padding, completions, listener);
    }

    /** The same with one more input that is padded with a value. */
    public BatchSettings withPadding(String input, double value) {
        Map<String, Double> more = new LinkedHashMap<>(padding);
        more.put(input, value);
        return new BatchSettings(session, maxBatch, maxWait, queueLimit, maxPadding, more, completions, listener);
    }

    /** The same with another executor for what callers chain to futures. */
    public BatchSettings with(Executor executor) {
        return new BatchSettings(session, maxBatch, maxWait, queueLimit, maxPadding, padding, executor, listener);
    }

    /** The same with a listener. */
    public BatchSettings with(BatchListener other) {
        return new BatchSettings(session, maxBatch, maxWait, queueLimit, maxPadding, padding, completions, other);
    }
}
