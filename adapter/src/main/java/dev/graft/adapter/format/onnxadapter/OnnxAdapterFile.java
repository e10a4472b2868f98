package dev.graft.adapter.format.onnxadapter;

import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an {@code .onnx_adapter} holds; the tensors' bytes stay in the file.
 *
 * @param file the file
 * @param adapterVersion a number for people; nothing checks it
 * @param modelVersion a number for people; nothing checks it
 * @param tensors the tensors by name, in the order of the file
 */
public record OnnxAdapterFile(Path file, int adapterVersion, int modelVersion, Map<String, Tensor> tensors) {
    public OnnxAdapterFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
}
