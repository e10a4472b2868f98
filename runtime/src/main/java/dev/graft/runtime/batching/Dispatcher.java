package dev.graft.runtime.batching;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.batching.BatchListener.BatchReport;
import dev.graft.runtime.session.HostTensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one batch after the other, on one thread. */
final class Dispatcher implements Runnable {
    private final BatchedModel model;
    private final RowFormat format;
    private final RequestQueue queue;
    private final BatchListener listener;

    Dispatcher(BatchedModel model, RowFormat format, RequestQueue queue, BatchListener listener) {
        this.model = model;
        this.format = format;
        this.queue = queue;
        this.listener = listener;
    }

    /** Runs batches until the queue is closed and empty. */
    @Override
    public void run() {
        try {
            List<Request> batch = queue.take();
            while (!batch.isEmpty()) {
                serve(batch);
                batch = queue.take();
            }
        } catch (InterruptedException e) {
            // nobody but an application's own code gets at this thread: what waits must not wait for ever
            queue.close();
            queue.drain().forEach(request -> request.fail(e));
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs requests together. One that ONNX Runtime cannot compute, such as one with a token that the vocabulary has not, fails the whole run: then each is run by
     * itself, and fails by itself.
     */
    private void serve(List<Request> requests) throws InterruptedException {
        RowBatch batch =
                new RowBatch(format, requests.stream().map(Request::row).toList());
        long start = System.nanoTime();
        Throwable failure = null;
        try {
            deliver(requests, batch, model.run(batch.inputs(), adapters(requests)));
        } catch (InterruptedException e) {
            requests.forEach(request -> request.fail(e));
            throw e;
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        boolean again = failure != null && requests.size() > 1 && isOneRowsFault(failure);
        if (failure != null && !again) {
            Throwable cause = failure;
            requests.forEach(request -> request.fail(cause));
        }
        // behind the answers, so that a slow listener keeps nobody waiting but the next batch
        listener.batchRan(report(requests, batch, start, failure != null));
        if (again) {
            for (Request request : requests) {
                serve(List.of(request));
            }
        }
    }

    private static boolean isOneRowsFault(Throwable failure) {
        return failure instanceof GraftException error && error.code() == ErrorCode.RUNTIME_FAILED;
    }

    private void deliver(List<Request> requests, RowBatch batch, Map<String, HostTensor> outputs) {
        List<Map<String, HostTensor>> rows = batch.split(model.outputs(), model.layout(), outputs);
        for (int i = 0; i < requests.size(); i++) {
            requests.get(i).succeed(rows.get(i));
        }
    }

    private static List<@Nullable SlotAdapter> adapters(List<Request> requests) {
        List<@Nullable SlotAdapter> adapters = new ArrayList<>();
        requests.forEach(request -> adapters.add(request.adapter()));
        return Collections.unmodifiableList(adapters);
    }

    private static BatchReport report(List<Request> requests, RowBatch batch, long start, boolean failed) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        List<Duration> queued = requests.stream()
                .map(request -> Duration.ofNanos(start - request.arrival()))
                .toList();
        int adapters = new HashSet<>(adapters(requests)).size();
        return new BatchReport(requests.size(), adapters, batch.paddedShare(), queued, took, failed);
    }
}
