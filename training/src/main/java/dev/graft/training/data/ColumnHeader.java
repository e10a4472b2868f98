package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The first line of a table.
 *
 * @param names of its columns
 */
record ColumnHeader(List<String> names) {
    static ColumnHeader of(Path file, List<String> names) {
        if (new LinkedHashSet<>(names).size() != names.size()) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "expected columns of different names, got " + names,
                    Location.ofLine(file, 1),
                    "Rename one of them in the first line.");
        }
        return new ColumnHeader(names);
    }

    DataRow row(DataRow.Place place, List<String> fields) {
        if (fields.size() != names.size()) {
            throw new BadRowException(
                    "expected " + names.size() + " fields, as the first line has, got " + fields.size());
        }
        Map<String, JsonValue> columns = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            columns.put(names.get(i), JsonValue.of(fields.get(i)));
        }
        return new DataRow(place, columns);
    }
}
