package dev.graft.training.data;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Comma-separated values with quotes, RFC 4180. The first line names the columns. */
final class CsvFile implements RowFiles.Reader {
    private static final int LONGEST_FIELD = 8 << 20;

    @Override
    public void read(Path file, BadRows bad, Predicate<DataRow> rows) throws IOException {
        try (CsvReader<CsvRecord> csv = CsvReader.builder()
                        .maxBufferSize(LONGEST_FIELD)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .allowUnclosedQuote(false)
                        .detectBomHeader(false)
                        .ofCsvRecord(new MarkSkipping(Files.newBufferedReader(file)));
                CloseableIterator<CsvRecord> records = csv.iterator()) {
            readRecords(file, records, bad, rows);
        } catch (CsvParseException e) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "not CSV: " + e.getMessage(),
                    Location.ofFile(file),
                    "Double the quotes inside quoted fields, or write JSON lines.",
                    e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void readRecords(
            Path file, CloseableIterator<CsvRecord> records, BadRows bad, Predicate<DataRow> rows) {
        if (!records.hasNext()) {
            return;
        }
        ColumnHeader header = ColumnHeader.of(file, records.next().getFields());
        boolean[] more = {true};
        while (more[0] && records.hasNext()) {
            CsvRecord record = records.next();
            DataRow.Place place = new DataRow.Place(file, record.getStartingLineNumber());
            bad.attempt(place, () -> more[0] = rows.test(header.row(place, record.getFields())));
        }
    }

    /** Takes a byte order mark off the front of a text. */
    private static final class MarkSkipping extends java.io.FilterReader {
        MarkSkipping(java.io.BufferedReader reader) throws IOException {
            super(reader);
            reader.mark(1);
            if (reader.read() != '\uFEFF') {
                reader.reset();
            }
        }
    }
}
