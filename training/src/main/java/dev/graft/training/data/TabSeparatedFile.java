package dev.graft.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Fields between tabs, taken as they stand: a quote is a quote, as in the files of GLUE. The first line names the columns. */
final class TabSeparatedFile implements RowFiles.Reader {
    @Override
    public void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        try (TextLines lines = new TextLines(file)) {
            TextLines.Line first = lines.next();
            if (first == null) {
                return;
            }
            ColumnHeader header = ColumnHeader.of(file, split(TextLines.header(file, first::text)));
            boolean[] more = {true};
            for (TextLines.Line line = lines.next(); line != null && more[0]; line = lines.next()) {
                TextLines.Line read = line;
                DataRow.Place place = line.in(file);
                bad.attempt(place, () -> {
                    String text = read.text();
                    more[0] = text.isEmpty() || rows.test(header.row(place, split(text)));
                });
            }
        }
    }

    private static List<String> split(String line) {
        return Arrays.asList(line.split("\t", -1));
    }
}
