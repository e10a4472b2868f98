package dev.graft.training.data;

import dev.graft.adapter.format.safetensors.SafetensorsReader;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Named tensors whose first dimension counts rows.
 *
 * @param file where they are from
 * @param tensors by name
 * @param rows how many rows each has
 */
record TensorFile(Path file, Map<String, Tensor> tensors, int rows) {
    /** Reads a safetensors or npz file. */
    static TensorFile read(Path file) {
        DatasetFile.require(file);
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".npy")) {
            throw new GraftException(
                    ErrorCode.UNKNOWN_FORMAT,
                    "a .npy file holds one array, and inputs and labels are several",
                    Location.ofFile(file),
                    "Save them by name in one file: numpy.savez('data.npz', input_ids=..., labels=...).");
        }
        boolean npz = name.endsWith(".npz");
        Map<String, Tensor> tensors =
                npz ? NpzReader.read(file) : SafetensorsReader.read(file).tensors();
        if (tensors.isEmpty()) {
            throw invalid(file, null, "the file holds no tensor");
        }
        long rows = -1;
        for (Tensor tensor : tensors.values()) {
            rows = checkedRows(file, tensor, rows);
        }
        return new TensorFile(file, tensors, Math.toIntExact(rows));
    }

    private static long checkedRows(Path file, Tensor tensor, long rows) {
        if (tensor.shape().rank() == 0 || tensor.shape().dim(0) == 0) {
            throw invalid(
                    file, tensor.name(), "expected a first dimension that counts rows, got shape " + tensor.shape());
        }
        if (tensor.shape().dim(0) > Integer.MAX_VALUE - 8 || !tensor.dtype().isByteSized()) {
            throw invalid(
                    file,
                    tensor.name(),
                    "a tensor of " + tensor.dtype().displayName() + " " + tensor.shape() + " cannot be cut into rows");
        }
        if (rows >= 0 && tensor.shape().dim(0) != rows) {
            throw invalid(
                    file,
                    tensor.name(),
                    "expected " + rows + " rows, as the tensor before it has, got shape " + tensor.shape());
        }
        return tensor.shape().dim(0);
    }

    static GraftException invalid(Path file, @org.jspecify.annotations.Nullable String tensor, String message) {
        return new GraftException(
                ErrorCode.TRAINING_DATA_INVALID,
                message,
                tensor == null ? Location.ofFile(file) : Location.ofTensor(file, tensor),
                "Write one tensor for each of the graph's inputs and one for the labels, each with a row per example.");
    }
}
