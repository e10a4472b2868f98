package dev.graft.adapter.format.safetensors;

import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a safetensors file holds; the tensors' bytes stay in the file.
 *
 * @param file the file
 * @param metadata the strings of {@code __metadata__}, in the order of the header
 * @param tensors the tensors by name, in the order of the header
 */
public record SafetensorsFile(Path file, Map<String, String> metadata, Map<String, Tensor> tensors) {
    public SafetensorsFile {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
}
