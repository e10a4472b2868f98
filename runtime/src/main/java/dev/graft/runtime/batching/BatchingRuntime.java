package dev.graft.runtime.batching;

import dev.graft.adapter.Adapter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.UnknownAdapter;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Takes single requests, each with an adapter of its own, and runs them in batches.
 *
 * <p>The model is one that {@code graft attach --style batched} made. A request is one row of the base's inputs. Requests whose inputs can be put together are, by arrival; rows of
 * different lengths are padded at the end where the model has an attention mask, and what a row gets back has no padding in it. A request keeps the adapter that its name meant
 * when it came, whatever is replaced or removed meanwhile. Owns the model. Safe for any number of threads, virtual ones too.
 */
public final class BatchingRuntime implements AutoCloseable {
    private final BatchedModel model;
    private final BatchSettings settings;
    private final RowFormat format;
    private final RequestQueue queue;
    private final Thread dispatcher;
    private final Map<String, SlotAdapter> adapters = new ConcurrentHashMap<>();
    private final PreparedMixes mixes;

    private BatchingRuntime(BatchedModel model, BatchSettings settings) {
        this.model = model;
        this.settings = settings;
        this.format = RowFormat.of(model, settings.padding());
        this.mixes = new PreparedMixes(model);
        BatchPicker picker = new BatchPicker(settings.maxBatch(), settings.maxPadding(), model::unpinnedSlots);
        this.queue = new RequestQueue(settings.queueLimit(), settings.maxWait().toNanos(), picker);
        this.dispatcher = new Thread(
                new Dispatcher(model, format, queue, new QuietBatchListener(settings.listener())), "graft-batches");
        dispatcher.setDaemon(true);
    }

    /**
     * Opens a model on the processor.
     *
     * @throws GraftException as {@link #open(Path, BatchSettings)}
     */
    public static BatchingRuntime open(Path model) {
        return open(model, BatchSettings.DEFAULT);
    }

    /**
     * Opens a model.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code RUNTIME_FAILED}, {@code DEVICE_UNAVAILABLE}, {@code MODEL_NOT_BATCHED}, {@code INPUTS_INVALID} for padding
     *     of inputs that the model has not
     */
    public static BatchingRuntime open(Path model, BatchSettings settings) {
        BatchedModel opened = BatchedModel.open(model, settings.session(), settings.listener());
        try {
            BatchingRuntime runtime = new BatchingRuntime(opened, settings);
            runtime.dispatcher.start();
            return runtime;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Reads an adapter and has it ready under a name; one of that name is replaced, and stays if the new one is refused.
     *
     * @throws GraftException what is wrong with the file, {@code ADAPTER_BASE_MISMATCH}, and as {@link #put(String, Adapter)}
     */
    public void put(String name, Path adapter) {
        put(model.prepare(name, adapter));
    }

    /**
     * Has an adapter ready under a name; one of that name is replaced, and stays if the new one is refused.
     *
     * @throws GraftException {@code CONVERT_UNSUPPORTED}, {@code TARGET_NOT_FOUND}, {@code TARGET_SHAPE_MISMATCH}, {@code SLOT_RANK_EXCEEDED}, {@code
     *     ADAPTER_TENSORS_INVALID}
     */
    public void put(String name, Adapter adapter) {
        put(model.prepare(name, adapter));
    }

    /**
     * Has factors ready under a name that bear the names of the model's inputs, such as a mix.
     *
     * @throws GraftException as {@link #put(String, Adapter)}
     */
    public void put(String name, List<Tensor> factors) {
        put(model.prepare(name, factors));
    }

    private void put(SlotAdapter adapter) {
        SlotAdapter before = adapters.put(adapter.name(), adapter);
        if (before != null) {
            model.replace(before, adapter);
        }
    }

    /**
     * Takes an adapter away; requests that came before end with it.
     *
     * @return whether there was one of that name
     */
    public boolean remove(String name) {
        SlotAdapter removed = adapters.remove(name);
        if (removed != null) {
            model.forget(removed);
        }
        return removed != null;
    }

    /**
     * Keeps an adapter in its slot whatever else needs one, or no longer.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}; {@code SLOTS_EXHAUSTED} if no slot would be left for the others
     */
    public void pin(String name, boolean keep) {
        model.pin(registered(name), keep);
    }

    /** The names of the adapters, sorted. */
    public Set<String> adapters() {
        return new TreeSet<>(adapters.keySet());
    }

    /** What a request must be fed: the base's inputs, with one row. */
    public List<ValueDescription> inputs() {
        return model.inputs();
    }

    /** The model; the runtime owns it. */
    public BatchedModel model() {
        return model;
    }

    /** How many requests wait for their batch. */
    public int waiting() {
        return queue.size();
    }

    /**
     * Has a row run with the base.
     *
     * @return as {@link #submit(Map, String)}
     * @throws GraftException {@code INPUTS_INVALID}, {@code QUEUE_FULL}
     */
    public CompletableFuture<Map<String, HostTensor>> submit(Map<String, HostTensor> row) {
        return submit(row, null, settings.completions());
    }

    /**
     * Has a row run with an adapter. Cancelling the future takes it out of the queue.
     *
     * @param row the base's inputs with one row
     * @return the row's outputs by name, those that are not by row left out; fails with a {@link GraftException} {@code RUNTIME_FAILED} if ONNX Runtime cannot compute it,
     *     {@code QUEUE_CLOSED} if the runtime is closed at once
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code INPUTS_INVALID}, {@code QUEUE_FULL}
     * @throws IllegalStateException if the runtime is closed
     */
    public CompletableFuture<Map<String, HostTensor>> submit(Map<String, HostTensor> row, String adapter) {
        return submit(row, registered(adapter), settings.completions());
    }

    /**
     * Has a row run with adapters added up, each times a weight; the mix is composed at its first use and takes one slot.
     *
     * @return as {@link #submit(Map, String)}
     * @throws GraftException as {@link #submit(Map, String)}, and {@code SLOT_RANK_EXCEEDED} where the ranks are too large together
     */
    public CompletableFuture<Map<String, HostTensor>> submit(Map<String, HostTensor> row, AdapterMix mix) {
        return submit(row, prepared(mix), settings.completions());
    }

    /**
     * Runs a row with the base and waits for it.
     *
     * @throws GraftException {@code INPUTS_INVALID}, {@code QUEUE_FULL}, {@code RUNTIME_FAILED}, {@code QUEUE_CLOSED}
     * @throws InterruptedException if the thread is interrupted; the request is taken back
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> row) throws InterruptedException {
        return await(submit(row, null, Runnable::run));
    }

    /**
     * Runs a row with an adapter and waits for it.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code INPUTS_INVALID}, {@code QUEUE_FULL}, {@code RUNTIME_FAILED}, {@code QUEUE_CLOSED}
     * @throws InterruptedException if the thread is interrupted; the request is taken back
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> row, String adapter) throws InterruptedException {
        return await(submit(row, registered(adapter), Runnable::run));
    }

    /**
     * Runs a row with adapters added up and waits for it.
     *
     * @throws GraftException as {@link #submit(Map, AdapterMix)}, {@code RUNTIME_FAILED}, {@code QUEUE_CLOSED}
     * @throws InterruptedException if the thread is interrupted; the request is taken back
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> row, AdapterMix mix) throws InterruptedException {
        return await(submit(row, prepared(mix), Runnable::run));
    }

    private @Nullable SlotAdapter prepared(AdapterMix mix) {
        if (mix.parts().isEmpty()) {
            return null;
        }
        return mix.isPlain() ? registered(mix.parts().get(0).adapter()) : mixes.of(mix, this::registered);
    }

    private CompletableFuture<Map<String, HostTensor>> submit(
            Map<String, HostTensor> row, @Nullable SlotAdapter adapter, Executor completions) {
        Request request = new Request(format.row(row), adapter, completions);
        CompletableFuture<Map<String, HostTensor>> future = request.future();
        queue.add(request);
        CompletableFuture<Map<String, HostTensor>> unused = future.whenComplete((outputs, failure) -> {
            if (future.isCancelled()) {
                queue.remove(request);
            }
        });
        return future;
    }

    private static Map<String, HostTensor> await(CompletableFuture<Map<String, HostTensor>> future)
            throws InterruptedException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a batch failed", e.getCause());
        }
    }

    private SlotAdapter registered(String name) {
        SlotAdapter adapter = adapters.get(name);
        if (adapter == null) {
            throw UnknownAdapter.named(name, adapters());
        }
        return adapter;
    }

    /** Takes no more requests, runs those that wait, and frees the model; closing again does nothing. */
    @Override
    public void close() {
        queue.close();
        // what a batch's own listener or callback closes cannot wait for the batch
        if (Thread.currentThread() != dispatcher) {
            awaitDispatcher();
        }
        model.close();
    }

    /** Takes no more requests, fails those that wait with {@code QUEUE_CLOSED}, and frees the model when the batch under way has ended. */
    public void closeNow() {
        queue.close();
        failWaiting();
        close();
    }

    private void awaitDispatcher() {
        try {
            dispatcher.join();
        } catch (InterruptedException e) {
            failWaiting();
            Thread.currentThread().interrupt();
        }
    }

    private void failWaiting() {
        GraftException closed = new GraftException(
                ErrorCode.QUEUE_CLOSED,
                "the runtime was closed before this request ran",
                Location.NONE,
                "Close it with close(), which runs what waits, or send the request to another runtime.");
        queue.drain().forEach(request -> request.fail(closed));
    }
}
