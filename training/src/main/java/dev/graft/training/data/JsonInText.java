package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** A line or a column that is JSON. */
final class JsonInText {
    private JsonInText() {}

    /**
     * The value.
     *
     * @throws BadRowException if it is none
     */
    static JsonValue read(String text) {
        ByteArrayInputStream utf8 = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        try (StrictJson json = new StrictJson(utf8, ErrorCode.JSON_MALFORMED, Location.NONE)) {
            JsonValue value = json.readValue();
            json.expectEnd();
            return value;
        } catch (GraftException e) {
            throw new BadRowException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The value.
     *
     * @param wanted what to say if it is none
     */
    static JsonValue read(String text, String wanted) {
        try {
            return read(text);
        } catch (BadRowException e) {
            throw new BadRowException(wanted + ": " + e.problem());
        }
    }
}
