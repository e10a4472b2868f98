package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of a file of rows.
 *
 * @param place where it stands
 * @param columns by name, in the file's order
 */
record DataRow(Place place, Map<String, JsonValue> columns) {
    /**
     * A place in a file of rows.
     *
     * @param file the file
     * @param line the line it starts in, from 1 on; in a JSON array the number of the item
     */
    record Place(Path file, long line) {}

    DataRow {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    boolean has(String column) {
        return !(columns.getOrDefault(column, JsonValue.ofNull()) instanceof JsonValue.JsonNull);
    }

    JsonValue value(String column) {
        return columns.getOrDefault(column, JsonValue.ofNull());
    }

    /**
     * The text in a column.
     *
     * @throws BadRowException if there is none
     */
    String text(String column) {
        if (value(column) instanceof JsonValue.JsonText text) {
            return text.value();
        }
        throw new BadRowException("expected '" + column + "' to be a text, got " + describe(column));
    }

    /** What stands in a column, for a message. */
    String describe(String column) {
        return columns.containsKey(column) ? value(column).kind() : "no such column; the row has " + columns.keySet();
    }
}
