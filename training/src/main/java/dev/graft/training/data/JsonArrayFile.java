package dev.graft.training.data;

import dev.graft.adapter.format.json.JsonValue;
import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** One JSON array of objects, read one by one; places are the numbers of the items. Objects without an array are JSON lines. */
final class JsonArrayFile implements RowFiles.Reader {
    @Override
    public void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        if (beginsWithObject(file)) {
            readObjects(file, bad, rows);
            return;
        }
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

    private static boolean beginsWithObject(Path file) throws IOException {
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
            int unit = stream.read();
            while (unit == ' ' || unit == '\t' || unit == '\r' || unit == '\n') {
                unit = stream.read();
            }
            return unit == '{';
        }
    }

    /** Files of JSON lines are often called .json, and others read them under that name. */
    private static void readObjects(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        try (TextLines lines = new TextLines(file)) {
            for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
                String text = new String(line.bytes(), StandardCharsets.ISO_8859_1).strip();
                if (text.isEmpty()) {
                    continue;
                }
                if (!text.endsWith("}")) {
                    throw new GraftException(
                            ErrorCode.JSON_MALFORMED,
                            "expected an array of objects, or an object a line, got an object over several lines",
                            Location.ofLine(file, line.number()),
                            "Put the rows between [ and ], or write each on a line of its own.");
                }
                break;
            }
        }
        new JsonLines().read(file, bad, rows);
    }
}
