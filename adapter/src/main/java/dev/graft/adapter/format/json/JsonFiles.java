package dev.graft.adapter.format.json;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads small JSON files whole. */
public final class JsonFiles {
    private static final int MAX_BYTES = 4 << 20;

    private JsonFiles() {}

    /**
     * The object that a file holds.
     *
     * @throws GraftException {@code JSON_MALFORMED} if it is not one JSON object, has a key twice, is nested deeply or is
     *     larger than 4 MiB
     */
    public static JsonValue.JsonObject readObject(Path file) {
        FileBytes bytes = FileBytes.of(file);
        if (bytes.size() > MAX_BYTES) {
            throw new GraftException(
                    ErrorCode.JSON_MALFORMED,
                    "expected a configuration of at most " + MAX_BYTES + " bytes, got " + bytes.size(),
                    Location.ofFile(file),
                    "Check that this is the right file.");
        }
        byte[] content = new byte[(int) bytes.size()];
        bytes.read(0, ByteBuffer.wrap(content));
        return readObject(content, Location.ofFile(file));
    }

    private static JsonValue.JsonObject readObject(byte[] content, Location location) {
        try (StrictJson json = new StrictJson(new ByteArrayInputStream(content), ErrorCode.JSON_MALFORMED, location)) {
            JsonValue value = json.readValue();
            json.expectEnd();
            if (value instanceof JsonValue.JsonObject object) {
                return object;
            }
            throw new GraftException(
                    ErrorCode.JSON_MALFORMED,
                    "expected a JSON object, got " + value.kind(),
                    location,
                    "Check that this is the right file.");
        }
    }
}
