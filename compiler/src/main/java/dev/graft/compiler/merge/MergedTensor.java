package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.Progress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * A merged weight in memory: the bytes that {@link Merger} would write for it.
 *
 * @param tensor the tensor of the base
 * @param bytes its new elements: direct, little-endian, from 0 to the limit
 */
public record MergedTensor(TensorIndex tensor, ByteBuffer bytes) {
    /**
     * Computes the weights that a merge changes, and writes nothing.
     *
     * @param threads at least 1; the bytes do not depend on it
     * @return one for each tensor that changes, in the order of the base
     * @throws GraftException as {@link Merger#merge}, and {@code WEIGHT_NOT_MERGEABLE} for a tensor over 2 GiB
     */
    public static List<MergedTensor> compute(Resolution resolution, int threads, Progress progress) {
        List<TensorEdit> edits = MergePlan.of(resolution, false).edits();
        IdentityHashMap<TensorEdit, ByteBuffer> buffers = new IdentityHashMap<>();
        List<MergeTask.Compute> tasks = new ArrayList<>();
        long all = 0;
        for (TensorEdit edit : edits) {
            ByteBuffer buffer = allocate(edit.tensor());
            buffers.put(edit, buffer);
            all += buffer.limit();
            List<ByteRegion> whole =
                    List.of(new ByteRegion(edit.tensor().proto().file(), 0, buffer.limit()));
            Unit.unitsOf(edit).forEach(unit -> tasks.add(new MergeTask.Compute(unit, whole)));
        }
        progress.begin("merging in memory", all);
        compute(edits, tasks, buffers, new Workers(threads), progress);
        progress.end();
        return edits.stream()
                .map(edit -> new MergedTensor(edit.tensor(), Objects.requireNonNull(buffers.get(edit))))
                .toList();
    }

    private static void compute(
            List<TensorEdit> edits,
            List<MergeTask.Compute> tasks,
            IdentityHashMap<TensorEdit, ByteBuffer> buffers,
            Workers workers,
            Progress progress) {
        try (OpenFiles inputs = new OpenFiles()) {
            IdentityHashMap<LowRankTerm, double[]> doraFactors = DoraNorms.factors(edits, inputs, workers);
            workers.run(tasks.size(), worker -> {
                UnitWriter units = new UnitWriter(
                        inputs,
                        new UnitComputer(inputs, doraFactors),
                        (edit, region, offset, bytes) -> Objects.requireNonNull(buffers.get(edit))
                                .duplicate()
                                .position((int) offset)
                                .put(bytes));
                return index -> {
                    units.write(tasks.get(index));
                    progress.advance(tasks.get(index).unit().bytes());
                };
            });
        }
    }

    private static ByteBuffer allocate(TensorIndex tensor) {
        long bytes = tensor.dtype().byteSize(tensor.shape().elements());
        if (bytes > Integer.MAX_VALUE) {
            throw new GraftException(
                    ErrorCode.WEIGHT_NOT_MERGEABLE,
                    "a weight of " + bytes + " bytes cannot be held in memory as one",
                    Location.ofTensor(tensor.proto().file(), tensor.name()),
                    "Write the merged model with graft merge, and open that.");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
