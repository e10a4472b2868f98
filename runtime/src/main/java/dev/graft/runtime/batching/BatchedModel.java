package dev.graft.runtime.batching;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.FileKind;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.onnxadapter.NamedFactors;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterFile;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.AdapterBase;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model that {@code graft attach --style batched} made: every row of a batch runs with its own adapter, or with none.
 *
 * <p>Owns the session and the memory of the slots. Runs, and adapters that come and go, may overlap; safe for several threads. {@link BatchingRuntime} collects
 * single requests into batches for it.
 */
public final class BatchedModel implements AutoCloseable {
    private final ModelSession session;
    private final BatchedLayout layout;
    private final SlotMemory memory;
    private final SlotTable table;
    private final List<ValueDescription> dataInputs;

    private BatchedModel(ModelSession session, BatchListener listener) {
        this.session = session;
        this.layout = BatchedLayout.of(session);
        this.memory = new SlotMemory(layout);
        this.table = new SlotTable(layout, memory, listener);
        this.dataInputs = layout.dataInputs(session.inputs());
    }

    /**
     * Opens a model.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code RUNTIME_FAILED}, {@code DEVICE_UNAVAILABLE}, {@code MODEL_NOT_BATCHED}
     */
    public static BatchedModel open(Path file, SessionSettings settings) {
        return open(file, settings, BatchListener.NONE);
    }

    /**
     * Opens a model that tells a listener which adapters go into and out of slots.
     *
     * @throws GraftException as {@link #open(Path, SessionSettings)}
     */
    public static BatchedModel open(Path file, SessionSettings settings, BatchListener listener) {
        return of(ModelSession.open(file, settings), listener);
    }

    /**
     * A model that is open already; closing this closes it.
     *
     * @throws GraftException {@code MODEL_NOT_BATCHED}; the session is closed then
     */
    public static BatchedModel of(ModelSession session) {
        return of(session, BatchListener.NONE);
    }

    private static BatchedModel of(ModelSession session, BatchListener listener) {
        try {
            return new BatchedModel(session, new QuietBatchListener(listener));
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    /** Whether a model has slots for adapters, going by its inputs. */
    public static boolean isBatched(List<ValueDescription> inputs) {
        return BatchedLayout.matches(inputs);
    }

    /** How many adapters there is room for at a time, besides the base. */
    public int slots() {
        return layout.slots();
    }

    /** The largest rank that an adapter may have. */
    public int maxRank() {
        return layout.maxRank();
    }

    /** What a run must be fed, in the model's order: the base's inputs. */
    public List<ValueDescription> inputs() {
        return dataInputs;
    }

    /** What a run computes. */
    public List<ValueDescription> outputs() {
        return session.outputs();
    }

    /** The model's file. */
    public Path file() {
        return session.file();
    }

    /** The model's session, which this owns; a run of its own must feed what {@link BatchRun#inputs} says. */
    public ModelSession session() {
        return session;
    }

    /**
     * How many rows a batch has.
     *
     * @throws GraftException {@code INPUTS_INVALID} if no input has rows
     */
    public int rows(Map<String, HostTensor> inputs) {
        for (ValueDescription input : dataInputs) {
            HostTensor value = inputs.get(input.name());
            int axis = BatchAxis.of(input, layout);
            if (value != null && axis >= 0 && axis < value.shape().rank()) {
                return Math.toIntExact(value.shape().dim(axis));
            }
        }
        throw new GraftException(
                ErrorCode.INPUTS_INVALID,
                "none of the inputs " + inputs.keySet() + " has rows",
                Location.ofFile(file()),
                "Feed the base's inputs, batch first.");
    }

    /**
     * Makes an adapter ready: checks it as a whole and brings it into the model's number format. It goes into a slot when a run asks for it.
     *
     * @throws GraftException {@code CONVERT_UNSUPPORTED}, {@code TARGET_NOT_FOUND}, {@code TARGET_SHAPE_MISMATCH}, {@code SLOT_RANK_EXCEEDED}, {@code
     *     ADAPTER_TENSORS_INVALID}
     */
    public SlotAdapter prepare(String name, Adapter adapter) {
        return new SlotFitting(layout).of(name, adapter);
    }

    /**
     * Reads an adapter in any format and makes it ready.
     *
     * @throws GraftException what is wrong with the file, {@code ADAPTER_BASE_MISMATCH} if it is an {@code .onnx_adapter} that was made for another base, and as
     *     {@link #prepare(String, Adapter)}
     */
    public SlotAdapter prepare(String name, Path adapter) {
        if (!Files.isDirectory(adapter) && FileKind.of(adapter) == FileKind.ONNX_ADAPTER) {
            OnnxAdapterFile file = OnnxAdapterReader.read(adapter);
            AdapterBase.require(session.baseFingerprint(), file, "read it with AdapterFiles and put what was read");
            return prepare(name, NamedFactors.of(file));
        }
        return prepare(name, AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT));
    }

    /**
     * Makes factors ready that bear the names of the model's inputs: A [in, rank] and B [rank, out], the scaling in B.
     *
     * @throws GraftException as {@link #prepare(String, Adapter)}
     */
    public SlotAdapter prepare(String name, List<Tensor> factors) {
        return new SlotFitting(layout).of(name, factors);
    }

    /**
     * Makes a mix ready, composed exactly: the ranks add up, the weights are folded in.
     *
     * @param adapters the adapters of the mix by name
     * @throws GraftException as {@link #prepare(String, Adapter)}; {@code SLOT_RANK_EXCEEDED} where the ranks are too large together
     */
    public SlotAdapter prepare(AdapterMix mix, Function<String, Adapter> adapters) {
        String first = mix.isPlain() ? mix.parts().get(0).adapter() : "";
        return mix.isPlain() ? prepare(first, adapters.apply(first)) : new SlotFitting(layout).of(mix, adapters);
    }

    /**
     * Keeps an adapter in its slot from when it gets one, or no longer.
     *
     * @throws GraftException {@code SLOTS_EXHAUSTED} if no slot would be left for the others
     */
    public void pin(SlotAdapter adapter, boolean keep) {
        table.pin(adapter, keep);
    }

    /** Frees the slot of an adapter that is used no more, once runs under way are done; a later run may still use it again. */
    public void forget(SlotAdapter adapter) {
        table.forget(adapter);
    }

    /** Forgets an adapter for another, which is pinned if the first one was. */
    void replace(SlotAdapter before, SlotAdapter after) {
        table.replace(before, after);
    }

    /** How many different adapters a run can use whatever is pinned. */
    public int unpinnedSlots() {
        return table.unpinned();
    }

    /** The adapters that are in slots, by slot. */
    public Map<Integer, String> occupied() {
        Map<Integer, String> names = new TreeMap<>();
        table.occupied().forEach((slot, adapter) -> names.put(slot, adapter.name()));
        return names;
    }

    /**
     * Runs a batch; waits for slots where other runs hold them.
     *
     * @param inputs the base's inputs for the whole batch
     * @param rows which adapter each row uses, null for none
     * @return the outputs by name, in the model's order
     * @throws GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}, {@code SLOTS_EXHAUSTED} for more different adapters than slots
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs, List<@Nullable SlotAdapter> rows)
            throws InterruptedException {
        try (BatchRun run = prepareRun(inputs, rows)) {
            return run.run();
        }
    }

    /**
     * Binds inputs and adapters for several runs, as a text that is generated token by token, or a benchmark, needs it; the caller closes it.
     *
     * @throws GraftException as {@link #run}
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    public BatchRun prepareRun(Map<String, HostTensor> inputs, List<@Nullable SlotAdapter> rows)
            throws InterruptedException {
        requireOwn(inputs, rows);
        SlotLease lease = table.lease(rows);
        try {
            Map<String, HostTensor> all = new LinkedHashMap<>(inputs);
            all.putAll(memory.tensors());
            long[] slots = rows.stream().mapToLong(lease::slotOf).toArray();
            all.put(BatchedLayout.SLOT, HostTensor.ofLongs(Shape.of(slots.length), slots));
            return new BatchRun(session.prepare(all, List.of()), lease);
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    /** Binds the slots for runs that feed each other; the caller closes it. */
    public BatchSteps steps() {
        return new BatchSteps(table, memory, session.steps(List.of()));
    }

    /** Along which dimension of an input rows lie; negative where all rows share its value. */
    public int rowAxis(ValueDescription input) {
        return BatchAxis.of(input, layout);
    }

    /** Frees the session once no run uses it; closing again does nothing. */
    @Override
    public void close() {
        table.close();
        session.close();
    }

    BatchedLayout layout() {
        return layout;
    }

    /** A slot beyond the batch, or a batch beyond the slots, would end in ONNX Runtime's broadcasting, and one row would pass for all. */
    private void requireOwn(Map<String, HostTensor> inputs, List<@Nullable SlotAdapter> rows) {
        for (SlotAdapter adapter : rows) {
            if (adapter != null && !adapter.fits(layout)) {
                throw new IllegalArgumentException(adapter + " was prepared for another model");
            }
        }
        for (ValueDescription input : dataInputs) {
            HostTensor value = inputs.get(input.name());
            int axis = BatchAxis.of(input, layout);
            if (value != null
                    && axis >= 0
                    && axis < value.shape().rank()
                    && value.shape().dim(axis) != rows.size()) {
                throw new GraftException(
                        ErrorCode.INPUTS_INVALID,
                        "adapters are given for " + rows.size() + " rows, the input '" + input.name() + "' has "
                                + value.shape().dim(axis),
                        Location.ofFile(file()),
                        "Give one adapter, or none, for each row of the batch.");
            }
        }
    }
}
