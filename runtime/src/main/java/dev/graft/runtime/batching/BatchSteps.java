package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.NativeTensor;
import dev.graft.runtime.session.StepRun;
import dev.graft.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a batched model one after the other, in which a run takes as inputs what an earlier one computed, without a copy; made by {@link BatchedModel#steps}.
 *
 * <p>The slots' memory is bound once. Adapters are in slots while a run lasts and no longer, so that others who use the model get their turn between two steps. Holds the
 * session until it is closed. For one thread at a time.
 */
public final class BatchSteps implements AutoCloseable {
    private final SlotTable table;
    private final StepRun run;
    private final Map<String, NativeTensor> stacks = new LinkedHashMap<>();

    BatchSteps(SlotTable table, SlotMemory memory, StepRun run) {
        this.table = table;
        this.run = run;
        memory.tensors()
                .forEach((name, stack) ->
                        stacks.put(name, NativeTensor.over(stack.bytes(), stack.dtype(), stack.shape())));
    }

    /**
     * Runs the model once; waits for slots where other runs hold them. Values that are not what the model takes are ONNX Runtime's to refuse.
     *
     * @param rows which adapter each row uses, null for none
     * @param values inputs that are new in this run
     * @param kept inputs that are there already
     * @param computed outputs to compute
     * @param into outputs to write into memory that is given, with the very shape that they will have; none of {@code computed}
     * @return what was computed, by name; the caller closes each
     * @throws dev.graft.error.GraftException {@code RUNTIME_FAILED}, {@code SLOTS_EXHAUSTED} for more different adapters than slots
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    public Map<String, NativeTensor> run(
            List<? extends @Nullable SlotAdapter> rows,
            Map<String, HostTensor> values,
            Map<String, NativeTensor> kept,
            Set<String> computed,
            Map<String, NativeTensor> into)
            throws InterruptedException {
        try (SlotLease lease = table.lease(rows)) {
            Map<String, HostTensor> fresh = new LinkedHashMap<>(values);
            long[] slots = rows.stream().mapToLong(lease::slotOf).toArray();
            fresh.put(BatchedLayout.SLOT, HostTensor.ofLongs(Shape.of(slots.length), slots));
            Map<String, NativeTensor> all = new LinkedHashMap<>(stacks);
            all.putAll(kept);
            return run.run(fresh, all, computed, into);
        }
    }

    /** Lets go of the session; closing again does nothing. */
    @Override
    public void close() {
        run.close();
        stacks.values().forEach(NativeTensor::close);
    }
}
