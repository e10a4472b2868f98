package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** One JSON object a line; empty lines are passed over. */
final class JsonLines implements RowFiles.Reader {
    @Override
    public void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        try (TextLines lines = new TextLines(file)) {
            boolean[] more = {true};
            for (TextLines.Line line = lines.next(); line != null && more[0]; line = lines.next()) {
                TextLines.Line read = line;
                DataRow.Place place = line.in(file);
                bad.attempt(place, () -> {
                    String text = read.text();
                    more[0] = text.isBlank() || rows.test(toRow(JsonInText.read(text), place));
                });
            }
        }
    }

    static DataRow toRow(JsonValue value, DataRow.Place place) {
        if (value instanceof JsonValue.JsonObject object) {
            return new DataRow(place, object.members());
        }
        throw new BadRowException("expected a JSON object, got " + value.kind());
    }
}
