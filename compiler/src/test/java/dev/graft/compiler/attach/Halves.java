package dev.graft.compiler.attach;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Arrays;

/** Adapters whose numbers do not matter, and the nodes that they are attached to. */
final class Halves {
    private Halves() {}

    /** Rank 2, A and B full of 0.5, scaling 2. */
    static LowRankChange lora(String module, int in, int out) {
        return new LowRankChange(
                module, LayerKind.LINEAR, filled(module + ".A", 2, in), filled(module + ".B", out, 2), 2, null, null);
    }

    static Tensor filled(String name, int rows, int columns) {
        double[] values = new double[rows * columns];
        Arrays.fill(values, 0.5);
        return Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, columns), values);
    }

    /** The node of a name. */
    static Node node(OnnxModel model, String name) {
        return model.graph().nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
