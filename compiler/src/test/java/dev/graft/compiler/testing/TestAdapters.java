package dev.graft.compiler.testing;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds small adapters. */
public final class TestAdapters {
    private TestAdapters() {}

    /** An adapter as if read from a PEFT folder of that name. */
    public static WeightedAdapter adapter(String name, ModuleChange... changes) {
        return of(name, "peft", changes);
    }

    /** An adapter as if read from a file of that format. */
    public static WeightedAdapter of(String name, String format, ModuleChange... changes) {
        return WeightedAdapter.of(new Adapter(Path.of(name), format, "LoRA", List.of(changes), Map.of(), List.of()));
    }

    /** A change of rank 2 of a linear layer. */
    public static LowRankChange linear(String module, long outputs, long inputs) {
        return lowRank(module, LayerKind.LINEAR, zeros(2, inputs), zeros(outputs, 2), null);
    }

    /** A change of rank 2 of a linear layer and its bias. */
    public static LowRankChange linearWithBias(String module, long outputs, long inputs) {
        return lowRank(module, LayerKind.LINEAR, zeros(2, inputs), zeros(outputs, 2), zeros(outputs));
    }

    /** A change of rank 2 of an embedding. */
    public static LowRankChange embedding(String module, long rows, long width) {
        return lowRank(module, LayerKind.EMBEDDING, zeros(2, rows), zeros(width, 2), null);
    }

    /** A change of rank 2 of a convolution. */
    public static LowRankChange conv(String module, long outputs, long inputs, long kernel) {
        return lowRank(module, LayerKind.CONV, zeros(2, inputs, kernel), zeros(outputs, 2, 1), null);
    }

    /** A parameter that is replaced. */
    public static TensorReplacement replacement(String module, String parameter, long... dims) {
        return new TensorReplacement(module, parameter, zeros(dims));
    }

    /** Rows that are replaced. */
    public static RowReplacement rows(String module, long width, Long... rows) {
        return new RowReplacement(module, List.of(rows), zeros(rows.length, width));
    }

    /** A tensor of zeros. */
    public static Tensor zeros(long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.ofDoubles("zeros", DType.FLOAT32, shape, new double[(int) shape.elements()]);
    }

    private static LowRankChange lowRank(
            String module, LayerKind kind, Tensor a, Tensor b, @Nullable Tensor biasDelta) {
        return new LowRankChange(module, kind, a, b, 1, null, biasDelta);
    }
}
