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
            String first = lines.next();
            if (first == null) {
                return;
            }
            ColumnHeader header = ColumnHeader.of(file, split(first));
            boolean[] more = {true};
            for (String line = lines.next(); line != null && more[0]; line = lines.next()) {
                if (!line.isEmpty()) {
                    DataRow.Place place = new DataRow.Place(file, lines.number());
                    List<String> fields = split(line);
                    bad.attempt(place, () -> more[0] = rows.test(header.row(place, fields)));
                }
            }
        }
    }

    private static List<String> split(String line) {
        return Arrays.asList(line.split("\t", -1));
    }
}
