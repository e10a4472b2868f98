package dev.graft.training.engine;

import dev.graft.runtime.session.Device;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.training.step.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Cuts a batch of texts into runs of rows of about the same length, each padded to its own longest row.
 *
 * <p>Loss and gradient are sums over rows, so the sum over the runs is the batch's. On a processor shorter runs are faster: padding is
 * not computed, and attention's square matrices stay in the cache instead of going through memory a dozen times.
 *
 * @param tokens how many tokens, padding included, a run may have; one row may have more
 */
record RowChunks(long tokens) {
    private static final String MASK = "attention_mask";
    /** Enough rows for the matrix products with weights to run at full speed; measured from 128 to 4096. */
    private static final long ON_A_PROCESSOR = 512;

    /** For a graph with these inputs; one whose lengths are fixed takes batches as they are. */
    static RowChunks on(Device device, List<ValueDescription> inputs) {
        boolean fixed = inputs.stream()
                .flatMap(input -> input.dims().stream().limit(2))
                .anyMatch(dim -> dim instanceof Dimension.Fixed);
        return new RowChunks(fixed || device instanceof Device.Cuda ? Long.MAX_VALUE : ON_A_PROCESSOR);
    }

    /** The runs; the batch itself where it is small enough or is not made of texts with a label for each token or row. */
    List<Batch> of(Batch batch) {
        HostTensor mask = batch.inputs().get(MASK);
        if (mask == null || mask.elements() <= tokens || !isMatrixOfTexts(batch, mask.shape())) {
            return List.of(batch);
        }
        int[] lengths = lengths(mask);
        int[] rows = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt(row -> -lengths[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        List<Batch> chunks = new ArrayList<>();
        for (int first = 0; first < rows.length; ) {
            int longest = Math.max(1, lengths[rows[first]]);
            int count = (int) Math.max(1, Math.min(rows.length - first, tokens / longest));
            int[] chosen =
                    IntStream.range(first, first + count).map(i -> rows[i]).toArray();
            Batch chunk = cut(batch, chosen, longest);
            if (chunk.counted() > 0) {
                chunks.add(chunk);
            }
            first += count;
        }
        return chunks.isEmpty() ? List.of(batch) : chunks;
    }

    private static boolean isMatrixOfTexts(Batch batch, Shape shape) {
        boolean labelled = batch.labels()
                .filter(labels -> labels.dtype() == DType.INT64)
                .filter(labels -> labels.shape().equals(shape) || labels.shape().equals(Shape.of(shape.dim(0))))
                .isPresent();
        return labelled
                && shape.rank() == 2
                && batch.inputs().values().stream()
                        .allMatch(input -> input.shape().equals(shape) && input.dtype() == DType.INT64);
    }

    /** Of each row, up to the last token that the mask lets through. */
    private static int[] lengths(HostTensor mask) {
        int length = Math.toIntExact(mask.shape().dim(1));
        int[] lengths = new int[Math.toIntExact(mask.shape().dim(0))];
        long[] values = mask.toLongs();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                lengths[i / length] = i % length + 1;
            }
        }
        return lengths;
    }

    private static Batch cut(Batch batch, int[] rows, int length) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        batch.inputs().forEach((name, tensor) -> inputs.put(name, cut(tensor, rows, length)));
        HostTensor labels = cut(batch.labels().orElseThrow(), rows, length);
        long counted = IntStream.range(0, labels.elements())
                .filter(i -> labels.bytes().getLong(i * Long.BYTES) != Batch.IGNORED)
                .count();
        return new Batch(inputs, Optional.of(labels), counted, (long) rows.length * length);
    }

    private static HostTensor cut(HostTensor tensor, int[] rows, int length) {
        long[] values = tensor.toLongs();
        if (tensor.shape().rank() == 1) {
            return HostTensor.ofLongs(
                    Shape.of(rows.length),
                    Arrays.stream(rows).mapToLong(row -> values[row]).toArray());
        }
        int whole = Math.toIntExact(tensor.shape().dim(1));
        long[] cut = new long[rows.length * length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(values, rows[row] * whole, cut, row * length, length);
        }
        return HostTensor.ofLongs(Shape.of(rows.length, length), cut);
    }
}
