package dev.graft.training.data;

import dev.graft.tensor.Tensor;
import dev.graft.training.config.DataOptions;
import dev.graft.training.config.Loss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads files of tensors. */
final class TensorDataSet {
    private final DataOptions options;
    private final Loss.Kind loss;
    private final ModelLimits limits;

    TensorDataSet(DataOptions options, Loss.Kind loss, ModelLimits limits) {
        this.options = options;
        this.loss = loss;
        this.limits = limits;
    }

    /** The rows of some files, one behind the other. */
    LoadedRows load(List<Path> paths) {
        List<TensorFile> files = new ArrayList<>();
        for (Path path : paths) {
            TensorFile file = cut(TensorFile.read(path));
            if (!files.isEmpty()) {
                checkAlike(files.get(0), file);
            }
            files.add(file);
        }
        @Nullable
        String label = TensorLabels.name(files.get(0), options.columns().label(), loss);
        files.forEach(file -> new TensorChecks(file, limits).check(label, loss));
        TensorRows store = new TensorRows(files, label, loss, limits::shapeOfNumbers);
        DataReport report = new DataReport(
                store.rows(), 0, List.of(), 0, store.rows(), store.rows(), 1, List.of(), Optional.empty());
        return new LoadedRows(store, report);
    }

    private TensorFile cut(TensorFile file) {
        int most = options.mostRows().orElse(Integer.MAX_VALUE);
        return file.rows() <= most ? file : new TensorFile(file.file(), file.tensors(), most);
    }

    private static void checkAlike(TensorFile first, TensorFile other) {
        if (!first.tensors().keySet().equals(other.tensors().keySet())) {
            throw TensorFile.invalid(
                    other.file(),
                    null,
                    "expected tensors " + first.tensors().keySet() + ", as the first file has, got "
                            + other.tensors().keySet());
        }
        for (Map.Entry<String, Tensor> entry : first.tensors().entrySet()) {
            Tensor wanted = entry.getValue();
            Tensor got = java.util.Objects.requireNonNull(other.tensors().get(entry.getKey()));
            if (got.dtype() != wanted.dtype() || !Arrays.equals(rowShape(got), rowShape(wanted))) {
                throw TensorFile.invalid(
                        other.file(),
                        got.name(),
                        "expected rows of " + wanted.dtype().displayName() + " " + wanted.shape()
                                + ", as the first file has, got " + got.dtype().displayName() + " " + got.shape());
            }
        }
    }

    private static long[] rowShape(Tensor tensor) {
        long[] dims = tensor.shape().toArray();
        return Arrays.copyOfRange(dims, 1, dims.length);
    }
}
