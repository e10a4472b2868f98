package dev.graft.training.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    private final TextLines lines;
    private final Deque<TextLines.Line> again = new ArrayDeque<>();

    CsvRecords(TextLines lines) {
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

    /** The next record; null behind the last. */
    @Nullable
    Row next() throws IOException {
        TextLines.Line first = line();
        if (first == null) {
            return null;
        }
        List<TextLines.Line> more = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        State state = through(first.bytes(), State.START);
        bytes.writeBytes(first.bytes());
        for (TextLines.Line last = first; state == State.QUOTED && bytes.size() <= LONGEST_FIELD; ) {
            TextLines.Line line = line();
            if (line == null) {
                break;
            }
            more.add(line);
            bytes.writeBytes(last.end().getBytes(StandardCharsets.US_ASCII));
            bytes.writeBytes(line.bytes());
            state = through(line.bytes(), state);
            last = line;
        }
        if (state != State.QUOTED && state != State.BROKEN) {
            return new Row(first, bytes.toByteArray(), "");
        }
        for (int i = more.size() - 1; i >= 0; i--) {
            again.addFirst(more.get(i));
        }
        return new Row(
                first,
                first.bytes(),
                state == State.QUOTED ? "a quote is not closed" : "a quote is closed in the middle of a field");
    }

    private TextLines.@Nullable Line line() throws IOException {
        TextLines.Line waiting = again.poll();
        return waiting == null ? lines.next() : waiting;
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
