package dev.graft.adapter.format.peft;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.RowReplacement;
import dev.graft.adapter.SharedProjectionChange;
import dev.graft.adapter.TensorReplacement;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The formulas of the methods, written out densely in double: what the readers' numbers are compared with.
 *
 * @param base the base's tensors by name
 * @param transposed tells the modules whose weight is [in, out]
 */
public record DenseMerge(Map<String, Tensor> base, Predicate<String> transposed) {
    /** The tensors that the adapter changes. */
    public Map<String, double[]> merge(Adapter adapter) {
        Map<String, double[]> changed = new LinkedHashMap<>();
        for (ModuleChange open : adapter.changes()) {
            ModuleChange change =
                    open instanceof SharedProjectionChange shared ? projected(shared, widest(adapter)) : open;
            if (change instanceof LowRankChange lowRank) {
                changed.put(weight(lowRank), lowRank(lowRank));
                bias(lowRank, changed);
            } else if (change instanceof TensorReplacement replacement) {
                changed.put(
                        replacement.module() + "." + replacement.parameter(),
                        replacement.value().toDoubles());
            } else if (change instanceof RowReplacement rows) {
                changed.put(rows.module() + ".weight", rows(rows));
            }
        }
        return changed;
    }

    /** s·B·A of a linear layer, [out, in]. */
    static double[] delta(LowRankChange change) {
        double[] a = change.a().toDoubles();
        double[] b = change.b().toDoubles();
        int rank = (int) change.rank();
        int columns = a.length / rank;
        double[] delta = new double[b.length / rank * columns];
        for (int i = 0; i < delta.length; i++) {
            for (int k = 0; k < rank; k++) {
                delta[i] += b[i / columns * rank + k] * a[k * columns + i % columns];
            }
            delta[i] *= change.scaling();
        }
        return delta;
    }

    private LowRankChange projected(SharedProjectionChange change, long widest) {
        return change.forInputs(inputs(change), widest);
    }

    private long widest(Adapter adapter) {
        return adapter.changes().stream()
                .filter(SharedProjectionChange.class::isInstance)
                .mapToLong(this::inputs)
                .max()
                .orElse(0);
    }

    private long inputs(ModuleChange change) {
        return base.get(change.module() + ".weight").shape().dim(transposed.test(change.module()) ? 0 : 1);
    }

    private static String weight(LowRankChange change) {
        return change.module() + ".weight";
    }

    private double[] lowRank(LowRankChange change) {
        Tensor base = this.base.get(weight(change));
        double[] merged = base.toDoubles();
        double[] delta = delta(change);
        int rows = (int) change.matrixShapeOfB().dim(0);
        int columns = delta.length / rows;
        boolean flip = change.kind() == LayerKind.EMBEDDING || transposed.test(change.module());
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                merged[flip ? j * rows + i : i * columns + j] += delta[i * columns + j];
            }
        }
        if (change.isDora()) {
            normalize(merged, change.magnitude().toDoubles(), rows, columns, flip);
        }
        return merged;
    }

    private static void normalize(double[] merged, double[] magnitude, int rows, int columns, boolean flip) {
        for (int i = 0; i < rows; i++) {
            double squares = 0;
            for (int j = 0; j < columns; j++) {
                double value = merged[flip ? j * rows + i : i * columns + j];
                squares += value * value;
            }
            for (int j = 0; j < columns; j++) {
                merged[flip ? j * rows + i : i * columns + j] *= magnitude[i] / Math.sqrt(squares);
            }
        }
    }

    private void bias(LowRankChange change, Map<String, double[]> changed) {
        if (change.biasDelta() != null) {
            double[] bias = base.get(change.module() + ".bias").toDoubles();
            double[] delta = change.biasDelta().toDoubles();
            for (int i = 0; i < bias.length; i++) {
                bias[i] += change.scaling() * delta[i];
            }
            changed.put(change.module() + ".bias", bias);
        }
    }

    private double[] rows(RowReplacement change) {
        Tensor embedding = base.get(change.module() + ".weight");
        Shape shape = embedding.shape();
        double[] merged = embedding.toDoubles();
        double[] values = change.values().toDoubles();
        int width = (int) shape.dim(1);
        for (int i = 0; i < change.rows().size(); i++) {
            System.arraycopy(values, i * width, merged, (int) (change.rows().get(i) * width), width);
        }
        return merged;
    }
}
