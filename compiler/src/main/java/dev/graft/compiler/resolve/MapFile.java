package dev.graft.compiler.resolve;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the file of {@code --map}: which module is where.
 *
 * <pre>
 * # a comment
 * model.layers.0.self_attn.q_proj = /layers.0/attention/wq/MatMul    a node, a weight or a node's output
 * </pre>
 */
public final class MapFile {
    private static final long MAX_BYTES = 16 << 20;

    private MapFile() {}

    /**
     * The lines of a map file: module path to node or weight name.
     *
     * @throws GraftException {@code USAGE} for a line that is none, a module given twice, or a file that is no text; {@code
     *     FILE_NOT_FOUND}, {@code IO_FAILED}
     */
    public static Map<String, String> read(Path file) {
        List<String> lines = text(file).lines().toList();
        Map<String, String> map = new LinkedHashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            String module = equals < 0 ? "" : line.substring(0, equals).strip();
            String target = equals < 0 ? "" : line.substring(equals + 1).strip();
            if (module.isEmpty() || target.isEmpty()) {
                throw usage(
                        file, "line " + number + " is '" + shown(line) + "', expected 'module = node or weight name'");
            }
            if (map.put(module, target) != null) {
                throw usage(file, "line " + number + " gives module '" + module + "' a second time");
            }
        }
        return map;
    }

    private static String text(Path file) {
        FileBytes bytes = FileBytes.of(file);
        if (bytes.size() > MAX_BYTES) {
            throw usage(file, "a map of " + bytes.size() + " bytes, expected at most " + MAX_BYTES);
        }
        ByteBuffer content = ByteBuffer.allocate((int) bytes.size());
        bytes.read(0, content);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(content.flip()).toString();
        } catch (CharacterCodingException e) {
            throw usage(file, "the map is not UTF-8 text");
        }
    }

    private static String shown(String line) {
        return line.length() > 80 ? line.substring(0, 80) + "..." : line;
    }

    private static GraftException usage(Path file, String problem) {
        return new GraftException(
                ErrorCode.USAGE,
                problem,
                Location.ofFile(file),
                "Write one 'module = node or weight name' a line; lines that start with # are comments.");
    }
}
