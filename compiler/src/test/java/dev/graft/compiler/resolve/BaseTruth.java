package dev.graft.compiler.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.TensorReplacement;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.compiler.resolve.Binding.Parameter;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checkpoint that a model was exported from: says by value, not by name, whether a binding is right. */
record BaseTruth(Map<String, Tensor> tensors) {
    static BaseTruth of(Path safetensors) {
        return new BaseTruth(SafetensorsReader.read(safetensors).tensors());
    }

    /** Asserts that the bound block holds the module's own parameter, in the orientation that the view claims. */
    void assertHolds(Binding binding) {
        Tensor expected = tensors.getOrDefault(nameOf(binding), tied(nameOf(binding)));
        assertThat(expected)
                .as("parameter %s of the checkpoint", nameOf(binding))
                .isNotNull();
        if (!binding.view().tensor().dtype().isFloat()) {
            assertThat(binding.site().kind()).isEqualTo(SiteKind.QUANTIZED_MATMUL);
            return;
        }
        double[] truth = expected.toDoubles();
        double[] stored = binding.view().tensor().tensor().orElseThrow().toDoubles();
        WeightView view = binding.view();
        assertThat(view.rows() * view.columns()).as(nameOf(binding)).isEqualTo(truth.length);
        boolean conv1d = isConv1d(binding, expected);
        for (int row = 0; row < view.rows(); row++) {
            for (int column = 0; column < view.columns(); column++) {
                double got =
                        stored[(int) ((view.firstRow() + row) * view.tensorColumns() + view.firstColumn() + column)];
                boolean asStored = view.orientation() == Orientation.OUT_IN || conv1d;
                long at = asStored ? row * view.columns() + column : column * view.rows() + row;
                double want = rounded(truth[(int) at], view);
                if (got != want) {
                    assertThat(got)
                            .as("%s [%d, %d]", nameOf(binding), row, column)
                            .isEqualTo(want);
                }
            }
        }
    }

    /** Checkpoints hold a tied head only once, as the embedding. */
    private @Nullable Tensor tied(String name) {
        return name.equals("lm_head.weight") ? tensors.get("model.embed_tokens.weight") : null;
    }

    private static double rounded(double value, WeightView view) {
        return Tensor.ofDoubles("value", view.tensor().dtype(), Shape.of(1), value)
                .toDoubles()[0];
    }

    /** GPT-2's Conv1D stores [in, out] in its checkpoint, so that an [in, out] view shows it as it is. */
    private static boolean isConv1d(Binding binding, Tensor expected) {
        return binding.change() instanceof LowRankChange change
                && change.kind() == LayerKind.LINEAR
                && binding.target() == Parameter.WEIGHT
                && binding.view().orientation() == Orientation.IN_OUT
                && expected.name().matches(".*\\.(c_attn|c_proj|c_fc)\\.weight");
    }

    private static String nameOf(Binding binding) {
        ModuleChange change = binding.change();
        if (change instanceof TensorReplacement replacement) {
            return replacement.module() + "." + replacement.parameter();
        }
        assertThat(change).isInstanceOfAny(LowRankChange.class, RowReplacement.class);
        return change.module() + (binding.target() == Parameter.BIAS ? ".bias" : ".weight");
    }
}
