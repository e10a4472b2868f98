package dev.graft.compiler.scan;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An ONNX model by place.
 *
 * @param file the model file
 * @param fileSize its size in bytes
 * @param irVersion its IR version
 * @param producer who exported it, name and version, may be empty
 * @param opsets the operator sets it imports: domain (empty for ONNX's own) to version
 * @param metadata its metadata_props
 * @param graph its graph
 * @param functions its local functions
 * @param dataFiles the files of its external data, by location as the model writes it, in order of appearance
 * @param warnings what is odd but harmless, in words
 */
public record ModelIndex(
        Path file,
        long fileSize,
        long irVersion,
        String producer,
        Map<String, Long> opsets,
        Map<String, String> metadata,
        GraphIndex graph,
        List<FunctionIndex> functions,
        Map<String, Path> dataFiles,
        List<String> warnings) {
    public ModelIndex {
        functions = List.copyOf(functions);
        warnings = List.copyOf(warnings);
    }
}
