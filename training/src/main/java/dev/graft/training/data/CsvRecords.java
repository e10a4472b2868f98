package dev.graft.training.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of comma-separated values in records, each of one line or, where a quoted field holds line ends, several.
 *
 * <p>A quote that is never closed, or closed in the middle of a field, is a fault of the line that its record begins with; the next record begins with the next
 * line. A parser that is given the whole file has taken the lines behind for the field's by then.
 */
final class CsvRecords {
    private static final int LONGEST_FIELD = 8 << 20;
    private static final int MOST_LINES = 100_000;

    /** What may be read again beyond what was read: between two quotes out of place every byte is once, and only a file that is made for it goes on for ever. */
    private static final long AGAIN = 64 << 20;

    private final Path file;
    private final TextLines lines;
    private final Deque<TextLines.Line> again = new ArrayDeque<>();
    private long read;
    private long readAgain;

    CsvRecords(Path file, TextLines lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * A record.
     *
     * @param first the line it begins with
     * @param bytes all its lines
     * @param broken what is wrong with its quotes; empty where nothing is
     */
    record Row(TextLines.Line first, byte[] bytes, String broken) {
        /**
         * Its fields; none in an empty line.
         *
         * @throws BadRowException if it cannot be read
         */
        List<String> fields() {
            if (!broken.isEmpty()) {
                throw new BadRowException("not CSV: " + broken);
            }
            try (CsvReader<CsvRecord> csv = CsvReader.builder()
                    .maxBufferSize(LONGEST_FIELD)
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .allowUnclosedQuote(false)
                    .ofCsvRecord(TextLines.decode(bytes))) {
                List<CsvRecord> records = csv.stream().limit(2).toList();
                if (records.size() > 1) {
                    throw new BadRowException(
                            "not CSV: expected lines that end with a line feed, got a carriage return alone");
                }
                return records.isEmpty() ? List.of() : records.get(0).getFields();
            } catch (CsvParseException e) {
                throw new BadRowException("not CSV: " + e.getMessage());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** Where a field is when a line ends. */
    private enum State {
        START,
        PLAIN,
        QUOTED,
        CLOSED,
        BROKEN
    }

    /**
     * The next record; null behind the last.
     *
     * @throws GraftException {@code TRAINING_DATA_INVALID} if quotes are out of place again and again
     */
    @Nullable
    Row next() throws IOException {
        TextLines.Line first = line();
        if (first == null) {
            return null;
        }
        List<TextLines.Line> taken = new ArrayList<>(List.of(first));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first.bytes());
        State state = through(first.bytes(), State.START);
        while (state == State.QUOTED && bytes.size() <= LONGEST_FIELD && taken.size() < MOST_LINES) {
            TextLines.Line line = line();
            if (line == null) {
                break;
            }
            bytes.writeBytes(taken.get(taken.size() - 1).end().getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(line.bytes());
            state = through(line.bytes(), state);
            taken.add(line);
        }
        if (state != State.QUOTED && state != State.BROKEN) {
            return new Row(first, bytes.toByteArray(), "");
        }
        giveBack(taken.subList(1, taken.size()), bytes.size());
        String broken = state == State.QUOTED ? "a quote is not closed" : "a quote is closed in the middle of a field";
        return new Row(first, first.bytes(), broken);
    }

    private void giveBack(List<TextLines.Line> behind, int size) {
        readAgain += behind.isEmpty() ? 0 : size;
        if (readAgain > AGAIN + read) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "not CSV: quotes are out of place in line after line",
                    Location.ofLine(file, behind.get(0).number()),
                    "Double the quotes inside quoted fields, or write JSON lines.");
        }
        for (int i = behind.size() - 1; i >= 0; i--) {
            again.addFirst(behind.get(i));
        }
    }

    private TextLines.@Nullable Line line() throws IOException {
        TextLines.Line waiting = again.poll();
        if (waiting != null) {
            return waiting;
        }
        TextLines.Line line = lines.next();
        read += line == null ? 0 : line.bytes().length;
        return line;
    }

    /** Quotes and commas are ASCII, and no byte of another character is. */
    private static State through(byte[] line, State start) {
        State state = start;
        for (byte unit : line) {
            state = switch (state) {
                case START -> unit == '"' ? State.QUOTED : unit == ',' ? State.START : State.PLAIN;
                case PLAIN -> unit == ',' ? State.START : State.PLAIN;
                case QUOTED -> unit == '"' ? State.CLOSED : State.QUOTED;
                case CLOSED -> unit == '"' ? State.QUOTED : unit == ',' ? State.START : State.BROKEN;
                case BROKEN -> State.BROKEN;
            };
        }
        return state;
    }
}
