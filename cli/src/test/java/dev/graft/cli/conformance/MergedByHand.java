package dev.graft.cli.conformance;

import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code W + s·B·A} in the plainest way, over a checkpoint: what a merge must give. */
final class MergedByHand {
    private MergedByHand() {}

    static Map<String, Tensor> of(Path adapter, Path checkpoint) {
        Map<String, Tensor> merged =
                new LinkedHashMap<>(SafetensorsReader.read(checkpoint).tensors());
        for (LowRankChange change :
                AdapterFiles.readAdapter(adapter, ReadOptions.DEFAULT).lowRankChanges()) {
            String name = change.module() + ".weight";
            merged.put(name, merged(change, merged.get(name)));
        }
        return merged;
    }

    private static Tensor merged(LowRankChange change, Tensor weight) {
        int rank = (int) change.rank();
        int columns = (int) change.matrixShapeOfA().dim(1);
        double[] a = change.a().toDoubles();
        double[] b = change.b().toDoubles();
        double[] values = weight.toDoubles();
        for (int i = 0; i < values.length; i++) {
            for (int r = 0; r < rank; r++) {
                values[i] += change.scaling() * b[i / columns * rank + r] * a[r * columns + i % columns];
            }
        }
        return Tensor.ofDoubles(weight.name(), DType.FLOAT64, weight.shape(), values);
    }
}
