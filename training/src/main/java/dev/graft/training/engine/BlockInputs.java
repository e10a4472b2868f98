package dev.graft.training.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.training.graph.BlockGraph;
import dev.graft.training.ort.OrtGraph;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a block of updates reads, as inputs of its graph. Owns its tensors, which hold all of the block's data at once. */
final class BlockInputs implements AutoCloseable {
    private final Map<String, NodeInfo> wanted;
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

    /** @param wanted what the graph says of its inputs */
    BlockInputs(Map<String, NodeInfo> wanted) {
        this.wanted = wanted;
    }

    /** Whether tensors can lie one behind the other and be told apart by their shapes alone. */
    static boolean canJoin(List<HostTensor> batches) {
        HostTensor first = batches.get(0);
        // to Reshape a length of 0 means another one
        return batches.stream()
                        .allMatch(tensor -> tensor.dtype() == first.dtype()
                                && tensor.shape().rank() == first.shape().rank()
                                && tensor.shape().elements() > 0)
                && batches.stream()
                                .mapToLong(tensor -> tensor.bytes().remaining())
                                .sum()
                        <= Integer.MAX_VALUE;
    }

    Map<String, OnnxTensor> tensors() {
        return tensors;
    }

    /** One of the model's inputs, or the labels, of all micro-batches. */
    void addTensors(String input, List<HostTensor> batches) {
        int rank = batches.get(0).shape().rank();
        add(BlockGraph.elementsOf(input), joined(batches));
        if (rank > 0) {
            add(BlockGraph.offsetsOf(input), offsets(batches));
            long[] shapes = batches.stream()
                    .flatMapToLong(tensor -> Arrays.stream(tensor.shape().toArray()))
                    .toArray();
            add(BlockGraph.shapesOf(input), HostTensor.ofLongs(Shape.of(batches.size(), rank), shapes));
        }
    }

    private static HostTensor joined(List<HostTensor> batches) {
        DType dtype = batches.get(0).dtype();
        long elements =
                batches.stream().mapToLong(tensor -> tensor.shape().elements()).sum();
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(dtype.byteSize(elements)));
        batches.forEach(tensor -> bytes.put(tensor.bytes()));
        return new HostTensor(dtype, Shape.of(elements), bytes.flip());
    }

    private static HostTensor offsets(List<HostTensor> batches) {
        long[] offsets = new long[batches.size() + 1];
        for (int i = 0; i < batches.size(); i++) {
            offsets[i + 1] = offsets[i] + batches.get(i).shape().elements();
        }
        return HostTensor.ofLongs(Shape.of(offsets.length), offsets);
    }

    /** A number, or a few, for each update or micro-batch. */
    void addNumbers(String input, List<float[]> each) {
        int few = each.get(0).length;
        float[] all = new float[each.size() * few];
        for (int i = 0; i < each.size(); i++) {
            System.arraycopy(each.get(i), 0, all, i * few, few);
        }
        NodeInfo node = wanted.get(BlockGraph.eachOf(input));
        boolean one = node != null && node.getInfo() instanceof TensorInfo type && type.getShape().length == 1;
        Shape shape = one ? Shape.of(each.size()) : Shape.of(each.size(), few);
        add(BlockGraph.eachOf(input), HostTensor.ofFloats(shape, all));
    }

    /** A few integers for each micro-batch. */
    void addIntegers(String input, List<int[]> each) {
        long[] all = each.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
        Shape shape = Shape.of(each.size(), each.get(0).length);
        add(BlockGraph.eachOf(input), HostTensor.ofIntegers(DType.INT32, shape, all));
    }

    /** How many micro-batches each update has. */
    void addCounts(long... counts) {
        long[] firsts = new long[counts.length];
        for (int i = 1; i < counts.length; i++) {
            firsts[i] = firsts[i - 1] + counts[i - 1];
        }
        add(BlockGraph.UPDATES, HostTensor.ofLongs(Shape.of(), counts.length));
        add(BlockGraph.FIRSTS, HostTensor.ofLongs(Shape.of(counts.length), firsts));
        add(BlockGraph.COUNTS, HostTensor.ofLongs(Shape.of(counts.length), counts));
    }

    private void add(String name, HostTensor tensor) {
        try {
            tensors.put(name, OrtTensors.view(OrtGraph.environment(), tensor));
        } catch (OrtException e) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID, "a block cannot be fed: " + e.getMessage(), Location.NONE, "", e);
        }
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
    }
}
