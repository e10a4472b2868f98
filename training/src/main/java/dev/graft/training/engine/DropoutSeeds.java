package dev.graft.training.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.graft.training.ort.OrtGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The numbers that decide what each branch drops in a step. Owns its tensor. */
final class DropoutSeeds implements AutoCloseable {
    private final IntBuffer numbers;
    private final OnnxTensor tensor;

    private DropoutSeeds(int count) {
        numbers = ByteBuffer.allocateDirect(count * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
        try {
            tensor = OnnxTensor.createTensor(OrtGraph.environment(), numbers, new long[] {count});
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot wrap a buffer", e);
        }
    }

    /** For a graph's input, if it has one. */
    static Optional<DropoutSeeds> forInput(@Nullable NodeInfo input) {
        return input != null && input.getInfo() instanceof TensorInfo info
                ? Optional.of(new DropoutSeeds((int) info.getShape()[0]))
                : Optional.empty();
    }

    /** The numbers of a step. */
    OnnxTensor of(long seed) {
        numbers.put(0, numbers(seed, numbers.capacity()));
        return tensor;
    }

    /** So many numbers of a step. */
    static int[] numbers(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = random.nextInt();
        }
        return drawn;
    }

    @Override
    public void close() {
        tensor.close();
    }
}
