package dev.graft.cli.commands;

import dev.graft.adapter.format.json.JsonFiles;
import dev.graft.adapter.format.json.JsonValue;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file behind {@code --map}: one JSON object whose keys are module paths and whose values are names of nodes or weights.
 *
 * <pre>{"model.layers.0.self_attn.q_proj": "/model/layers.0/attn/q_proj/MatMul"}</pre>
 */
final class MapFile {
    private MapFile() {}

    /**
     * Reads the map.
     *
     * @throws GraftException {@code JSON_MALFORMED} if it is not one object of strings
     */
    static Map<String, String> read(Path file) {
        Map<String, String> map = new LinkedHashMap<>();
        JsonFiles.readObject(file).members().forEach((module, value) -> map.put(module, name(file, module, value)));
        return map;
    }

    private static String name(Path file, String module, JsonValue value) {
        if (value instanceof JsonValue.JsonText text) {
            return text.value();
        }
        throw new GraftException(
                ErrorCode.JSON_MALFORMED,
                "expected the name of a node or weight for '" + module + "', got " + value.kind(),
                Location.ofFile(file),
                "Write the map as {\"model.layers.0.self_attn.q_proj\": \"name of the node or weight\"}.");
    }
}
