package dev.graft.cli.conformance;

import dev.graft.adapter.TensorReplacement;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;

/** Compares the weights in a merged file with those of another tool that merged the same adapter. */
final class MergedWeights {
    private final Resolution resolution;
    private final Path merged;

    MergedWeights(Resolution resolution, Path merged) {
        this.resolution = resolution;
        this.merged = merged;
    }

    /**
     * The largest distance, in units of the weight's largest value.
     *
     * @param expected parameters by name, in PyTorch's layout
     */
    double worst(Map<String, Tensor> expected) {
        double worst = 0;
        for (Binding binding : resolution.bindings()) {
            Tensor weight = expected.get(parameter(binding));
            if (weight != null && !binding.view().tensor().runs().isEmpty()) {
                worst = Math.max(worst, distance(binding, weight.toDoubles()));
            }
        }
        return worst;
    }

    private static String parameter(Binding binding) {
        if (binding.change() instanceof TensorReplacement replacement) {
            return binding.module() + "." + replacement.parameter();
        }
        return binding.module() + (binding.target() == Binding.Parameter.BIAS ? ".bias" : ".weight");
    }

    private double distance(Binding binding, double[] expected) {
        WeightView view = binding.view();
        double[] stored = stored(view);
        double largest = 1e-30;
        double distance = 0;
        for (int row = 0; row < view.rows(); row++) {
            for (int column = 0; column < view.columns(); column++) {
                double actual =
                        stored[(int) ((view.firstRow() + row) * view.tensorColumns() + view.firstColumn() + column)];
                double wanted = expected[index(view, row, column, isStoredAsIs(binding))];
                largest = Math.max(largest, Math.abs(wanted));
                distance = Math.max(distance, Math.abs(wanted - actual));
            }
        }
        return distance / largest;
    }

    /** GPT-2's Conv1D has its weight [in, out] in PyTorch too. */
    private static boolean isStoredAsIs(Binding binding) {
        return binding.module().matches("transformer\\.h\\..*\\.(c_attn|c_proj|c_fc)")
                || binding.view().orientation() == Orientation.OUT_IN;
    }

    private static int index(WeightView view, int row, int column, boolean storedAsIs) {
        return storedAsIs ? (int) (row * view.columns() + column) : (int) (column * view.rows() + row);
    }

    private double[] stored(WeightView view) {
        ByteRegion region = view.tensor().runs().get(0);
        boolean external = !region.file().equals(resolution.model().file());
        Path file = external ? merged.resolveSibling(region.file().getFileName()) : merged;
        FileBytes bytes = new FileBytes(file, region.offset(), region.length());
        return new Tensor(
                        view.tensor().name(),
                        view.tensor().dtype(),
                        view.tensor().shape(),
                        bytes)
                .toDoubles();
    }
}
