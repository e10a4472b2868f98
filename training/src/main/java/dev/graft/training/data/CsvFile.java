package dev.graft.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Comma-separated values with quotes, RFC 4180. The first line names the columns. */
final class CsvFile implements RowFiles.Reader {
    @Override
    public void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        try (TextLines lines = new TextLines(file)) {
            CsvRecords records = new CsvRecords(file, lines);
            CsvRecords.Row first = records.next();
            if (first == null) {
                return;
            }
            ColumnHeader header = ColumnHeader.of(file, TextLines.header(file, first::fields));
            boolean[] more = {true};
            for (CsvRecords.Row row = records.next(); row != null && more[0]; row = records.next()) {
                CsvRecords.Row read = row;
                DataRow.Place place = row.first().in(file);
                bad.attempt(place, () -> {
                    List<String> fields = read.fields();
                    more[0] = fields.isEmpty() || rows.test(header.row(place, fields));
                });
            }
        }
    }
}
