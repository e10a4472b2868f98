package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
                    more[0] = text.isBlank() || rows.test(parse(text, place));
                });
            }
        }
    }

    private static DataRow parse(String line, DataRow.Place place) {
        ByteArrayInputStream utf8 = new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8));
        Location location = Location.ofLine(place.file(), place.line());
        try (StrictJson json = new StrictJson(utf8, ErrorCode.JSON_MALFORMED, location)) {
            JsonValue value = json.readValue();
            json.expectEnd();
            return toRow(value, place);
        } catch (GraftException e) {
            throw new BadRowException(String.valueOf(e.getMessage()));
        }
    }

    static DataRow toRow(JsonValue value, DataRow.Place place) {
        if (value instanceof JsonValue.JsonObject object) {
            return new DataRow(place, object.members());
        }
        throw new BadRowException("expected a JSON object, got " + value.kind());
    }
}
