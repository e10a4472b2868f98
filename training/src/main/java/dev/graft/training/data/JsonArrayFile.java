package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.Location;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** One JSON array of objects, read one by one; places are the numbers of the items. */
final class JsonArrayFile implements RowFiles.Reader {
    @Override
    public void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file));
                StrictJson json = new StrictJson(stream, ErrorCode.JSON_MALFORMED, Location.ofFile(file))) {
            long[] number = {0};
            boolean[] more = {true};
            json.readArray(() -> {
                if (!more[0]) {
                    json.skipValue();
                    return;
                }
                JsonValue value = json.readValue();
                DataRow.Place place = new DataRow.Place(file, ++number[0]);
                bad.attempt(place, () -> more[0] = rows.test(JsonLines.toRow(value, place)));
            });
            json.expectEnd();
        }
    }
}
