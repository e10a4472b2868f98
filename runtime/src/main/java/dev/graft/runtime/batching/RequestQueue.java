package dev.graft.runtime.batching;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Requests by arrival, up to a number of them. Safe for several threads. */
final class RequestQueue {
    private final int limit;
    private final long maxWait;
    private final BatchPicker picker;
    private final Set<Request> waiting = new LinkedHashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    /** @param maxWait nanoseconds that a request waits for others to join it */
    RequestQueue(int limit, long maxWait, BatchPicker picker) {
        this.limit = limit;
        this.maxWait = maxWait;
        this.picker = picker;
    }

    /**
     * Adds a request.
     *
     * @throws GraftException {@code QUEUE_FULL}
     * @throws IllegalStateException if the queue is closed
     */
    void add(Request request) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the batching runtime is closed");
            }
            if (waiting.size() >= limit) {
                throw new GraftException(
                        ErrorCode.QUEUE_FULL,
                        waiting.size() + " requests wait already, which is as many as may",
                        Location.NONE,
                        "Send fewer requests at a time, retry later, or give the runtime a longer queue.");
            }
            waiting.add(request);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a request out again; false if its batch has been put together already. */
    boolean remove(Request request) {
        lock.lock();
        try {
            return waiting.remove(request);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** The next batch, once it is full or its first request has waited long enough; empty when the queue is closed and nobody waits. */
    List<Request> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                List<Request> batch = picker.pick(waiting);
                long left = batch.isEmpty() ? 0 : batch.get(0).arrival() + maxWait - System.nanoTime();
                if (closed || !batch.isEmpty() && (batch.size() == picker.maxBatch() || left <= 0)) {
                    batch.forEach(waiting::remove);
                    return batch;
                }
                if (batch.isEmpty()) {
                    changed.await();
                } else {
                    changed.await(left, TimeUnit.NANOSECONDS);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more requests; those that wait are still handed out. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes all requests out. */
    List<Request> drain() {
        lock.lock();
        try {
            List<Request> all = new ArrayList<>(waiting);
            waiting.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
