package dev.graft.training.run;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.step.Batch;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** The rows of a batch: what its tensors have as many of as the largest number of first dimensions. */
final class BatchRows {
    private BatchRows() {}

    /** How many rows there are. */
    static long count(Batch batch) {
        if (batch.labels().isPresent() && batch.labels().get().shape().rank() > 0) {
            return batch.labels().get().shape().dim(0);
        }
        return batch.inputs().values().stream()
                .filter(tensor -> tensor.shape().rank() > 0)
                .mapToLong(tensor -> tensor.shape().dim(0))
                .max()
                .orElse(1);
    }

    /** The batch's first rows; a tensor that has not one for each row stays whole. */
    static Batch first(Batch batch, long rows) {
        long all = count(batch);
        Map<String, HostTensor> inputs = new TreeMap<>();
        batch.inputs().forEach((name, tensor) -> inputs.put(name, first(tensor, all, rows)));
        long part = Math.max(1, batch.counted() * rows / all);
        return new Batch(inputs, batch.labels().map(labels -> first(labels, all, rows)), part, part);
    }

    private static HostTensor first(HostTensor tensor, long all, long rows) {
        long[] dims = tensor.shape().toArray();
        if (dims.length == 0 || dims[0] != all) {
            return tensor;
        }
        dims[0] = rows;
        Shape shape = Shape.of(dims);
        ByteBuffer bytes = tensor.bytes();
        bytes.limit((int) tensor.dtype().byteSize(shape.elements()));
        return new HostTensor(tensor.dtype(), shape, bytes);
    }

    /** The inputs with their shapes, as {@code input_ids int64 [8, 512]}. */
    static String describe(Batch batch) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(batch.inputs())
                .forEach((name, tensor) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(tensor));
        return text.toString();
    }
}
