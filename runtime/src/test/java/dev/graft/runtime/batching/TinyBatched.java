package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A batched model of one module q on a table of embeddings, with an attention mask. All numbers are small whole ones, so that results are exact.
 *
 * <p>y = x + x·A[slot]·B[slot] [batch, sequence, 2]; pooled is the masked sum over the sequence [batch, 2]; total is that over all rows too, which no row owns.
 */
final class TinyBatched {
    static final int VOCABULARY = 8;
    static final String A = "q.lora_A.weight";
    static final String B = "q.lora_B.weight";

    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private TinyBatched() {}

    static Path write(Path folder, int slots, int maxRank) {
        return TinyModel.create()
                .input("input_ids", INT64, "batch", "sequence")
                .input("attention_mask", INT64, "batch", "sequence")
                .input("adapter_slot", INT64, "batch")
                .input(A, FLOAT, slots + 1, 2, maxRank)
                .input(B, FLOAT, slots + 1, maxRank, 2)
                .initializer(table())
                .initializer(longs("behind", 2))
                .initializer(longs("steps", 1))
                .node("Gather", List.of("table", "input_ids"), "x")
                .node("Gather", List.of(A, "adapter_slot"), "a")
                .node("Gather", List.of(B, "adapter_slot"), "b")
                .node("MatMul", List.of("x", "a"), "xa")
                .node("MatMul", List.of("xa", "b"), "delta")
                .node("Add", List.of("x", "delta"), "y")
                .node("Cast", Map.of("to", (long) FLOAT), List.of("attention_mask"), "flat")
                .node("Unsqueeze", List.of("flat", "behind"), "mask")
                .node("Mul", List.of("y", "mask"), "seen")
                .node("ReduceSum", Map.of("keepdims", 0L), List.of("seen", "steps"), "pooled")
                .node("ReduceSum", Map.of("keepdims", 0L), List.of("seen"), "total")
                .output("y", FLOAT, "batch", "sequence", 2)
                .output("pooled", FLOAT, "batch", 2)
                .output("total", FLOAT)
                .write(folder.resolve("tiny-" + slots + "-" + maxRank + ".onnx"));
    }

    /** Row i of the table. */
    static float[] embedding(long id) {
        return new float[] {id + 1, id % 3 - 1};
    }

    private static Tensor table() {
        float[] values = new float[VOCABULARY * 2];
        for (int id = 0; id < VOCABULARY; id++) {
            System.arraycopy(embedding(id), 0, values, 2 * id, 2);
        }
        return Tensor.ofFloats("table", Shape.of(VOCABULARY, 2), values);
    }

    private static Tensor longs(String name, long value) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        return new Tensor(name, DType.INT64, Shape.of(1), ByteSource.ofArray(bytes.array()));
    }

    /** Factors of a rank that are all {@code number}; so the change of x is rank · number² · (x₀ + x₁) in both outputs. */
    static List<Tensor> factors(int rank, int number) {
        float[] values = new float[2 * rank];
        java.util.Arrays.fill(values, number);
        return List.of(
                Tensor.ofFloats(A, Shape.of(2, rank), values), Tensor.ofFloats(B, Shape.of(rank, 2), values.clone()));
    }

    /** One row of tokens, all of which count. */
    static Map<String, HostTensor> row(long... ids) {
        long[] mask = new long[ids.length];
        java.util.Arrays.fill(mask, 1);
        Shape shape = Shape.of(1, ids.length);
        return Map.of("input_ids", HostTensor.ofLongs(shape, ids), "attention_mask", HostTensor.ofLongs(shape, mask));
    }

    /** What y is for tokens with factors of a rank full of a number; rank 0 for the base. */
    static double[] expected(int rank, int number, long... ids) {
        double[] y = new double[2 * ids.length];
        for (int i = 0; i < ids.length; i++) {
            float[] x = embedding(ids[i]);
            double delta = (double) rank * number * number * (x[0] + x[1]);
            y[2 * i] = x[0] + delta;
            y[2 * i + 1] = x[1] + delta;
        }
        return y;
    }

    /** The sum of a row's y over its tokens. */
    static double[] pooled(double[] y) {
        double[] sum = new double[2];
        for (int i = 0; i < y.length; i++) {
            sum[i % 2] += y[i];
        }
        return sum;
    }
}
