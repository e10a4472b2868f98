package dev.graft.cli.commands;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file behind {@code --map}: one JSON object whose keys are module paths and whose values are names of nodes or weights.
 *
 * <pre>{"model.layers.0.self_attn.q_proj": "/model/layers.0/attn/q_proj/MatMul"}</pre>
 */
final class MapFile {
    private static final int LARGEST_FILE = 1 << 24;

    private MapFile() {}

    static Map<String, String> read(Path file) {
        try (JsonReader reader = new JsonReader(new StringReader(text(file)))) {
            reader.setStrictness(Strictness.STRICT);
            return entries(reader, file);
        } catch (IOException | IllegalStateException | JsonParseException e) {
            throw malformed(file, e.getMessage() == null ? "not JSON" : e.getMessage(), e);
        }
    }

    private static Map<String, String> entries(JsonReader reader, Path file) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNext()) {
            String module = reader.nextName();
            if (map.put(module, reader.nextString()) != null) {
                throw new MalformedJsonException("the key '" + module + "' is given twice");
            }
        }
        reader.endObject();
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new MalformedJsonException("text behind the object");
        }
        return map;
    }

    private static String text(Path file) {
        FileBytes bytes = FileBytes.of(file);
        if (bytes.size() > LARGEST_FILE) {
            throw malformed(file, bytes.size() + " bytes, more than a map can have (" + LARGEST_FILE + ")", null);
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes.size());
        bytes.read(0, buffer);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    private static GraftException malformed(Path file, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        return new GraftException(
                ErrorCode.JSON_MALFORMED,
                "expected one JSON object from module path to node or weight name: " + message,
                Location.ofFile(file),
                "Write it as {\"model.layers.0.self_attn.q_proj\": \"name of the node or weight\"}.",
                cause);
    }
}
