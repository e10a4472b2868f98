package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A row that waits for its batch. */
final class Request {
    private final Row row;
    private final @Nullable SlotAdapter adapter;
    private final Executor completions;
    private final long arrival = System.nanoTime();
    private final CompletableFuture<Map<String, HostTensor>> future = new CompletableFuture<>();

    /**
     * A request.
     *
     * @param adapter the adapter as it was when the request came, or null for the base
     * @param completions where whatever waits for the answer goes on
     */
    Request(Row row, @Nullable SlotAdapter adapter, Executor completions) {
        this.row = row;
        this.adapter = adapter;
        this.completions = completions;
    }

    Row row() {
        return row;
    }

    @Nullable
    SlotAdapter adapter() {
        return adapter;
    }

    long arrival() {
        return arrival;
    }

    CompletableFuture<Map<String, HostTensor>> future() {
        return future;
    }

    void succeed(Map<String, HostTensor> outputs) {
        finish(() -> future.complete(outputs));
    }

    void fail(Throwable cause) {
        finish(() -> future.completeExceptionally(cause));
    }

    private void finish(Runnable completion) {
        try {
            completions.execute(completion);
        } catch (RejectedExecutionException e) {
            // an executor that was shut down must not leave anybody waiting
            completion.run();
        }
    }
}
