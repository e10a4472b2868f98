package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.tiny.TinyModel;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@code y = x + (x·A)·B} with A and B that adapters set, as {@code graft attach --style input} makes it. */
final class SummingModel {
    static final String A = "layer.q_proj.lora_A.weight";
    static final String B = "layer.q_proj.lora_B.weight";
    static final Map<String, HostTensor> X = Map.of("x", HostTensor.ofFloats(Shape.of(1, 2), 1, 2));

    private static final int FLOAT = DType.FLOAT32.onnxNumber();

    private SummingModel() {}

    static Path write(Path file) {
        return summing(true)
                .output("y", FLOAT, "n", 2)
                .node("Add", List.of("x", "xab"), "y")
                .write(file);
    }

    /** With the fingerprint of the base that it was attached to. */
    static Path write(Path file, int base) {
        return summing(true)
                .output("y", FLOAT, "n", 2)
                .node("Add", List.of("x", "xab"), "y")
                .metadata("graft.base", Integer.toString(base))
                .write(file);
    }

    static Path writeWithoutInputs(Path file) {
        return summing(false)
                .output("y", FLOAT, "n", 2)
                .node("Add", List.of("x", "xab"), "y")
                .write(file);
    }

    /** With DoRA's gain e: {@code y = s + e ⊙ s}, s the sum. */
    static Path writeWithGain(Path file) {
        String gain = "q_proj.lora_gain.weight";
        return summing(true)
                .input(gain, FLOAT, 2)
                .initializer(Tensor.ofFloats(gain, Shape.of(2), 0, 0))
                .node("Add", List.of("x", "xab"), "s")
                .node("Mul", List.of("s", gain), "es")
                .node("Add", List.of("s", "es"), "y")
                .output("y", FLOAT, "n", 2)
                .write(file);
    }

    private static TinyModel summing(boolean overridable) {
        TinyModel model = TinyModel.create().input("x", FLOAT, "n", 2);
        if (overridable) {
            model.input(A, FLOAT, 2, "r").input(B, FLOAT, "r", 2);
        }
        return model.initializer(new Tensor(A, DType.FLOAT32, Shape.of(2, 0), ByteSource.ofArray(new byte[0])))
                .initializer(new Tensor(B, DType.FLOAT32, Shape.of(0, 2), ByteSource.ofArray(new byte[0])))
                .node("MatMul", List.of("x", A), "xa")
                .node("MatMul", List.of("xa", B), "xab");
    }

    /** An adapter that adds a number to both outputs for {@link #X}, exactly. */
    static Adapter adding(double number, int rank) {
        return adding(number, rank, "layer.q_proj");
    }

    static Adapter adding(double number, int rank, String module) {
        // x·A = 1 for every column, and the rows of B add up to the number
        float[] a = new float[2 * rank];
        for (int row = 0; row < rank; row++) {
            a[2 * row] = 1;
        }
        float[] b = new float[2 * rank];
        b[0] = b[rank] = (float) number - (rank - 1);
        Arrays.fill(b, 1, rank, 1);
        Arrays.fill(b, rank + 1, 2 * rank, 1);
        LowRankChange change = new LowRankChange(
                module,
                LayerKind.LINEAR,
                Tensor.ofFloats("a", Shape.of(rank, 2), a),
                Tensor.ofFloats("b", Shape.of(2, rank), b),
                1,
                null,
                null);
        return new Adapter(Path.of("made"), "test", "LoRA", List.of(change), Map.of(), List.of());
    }
}
