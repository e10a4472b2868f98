package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a file, of bounded length, without a byte order mark. What is no UTF-8 is a fault of its line alone. */
final class TextLines implements Closeable {
    private static final int LONGEST = 8 << 20;
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Path file;
    private final InputStream stream;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long number;

    TextLines(Path file) throws IOException {
        this.file = file;
        this.stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    /**
     * A line.
     *
     * @param number from 1 on
     * @param bytes without the line's end
     * @param end the line's end: a line feed, perhaps with a carriage return before it; empty at the end of the file
     */
    record Line(long number, byte[] bytes, String end) {
        /**
         * What it says.
         *
         * @throws BadRowException if it is no UTF-8
         */
        String text() {
            return decode(bytes);
        }

        DataRow.Place in(Path file) {
            return new DataRow.Place(file, number);
        }
    }

    /** Text of UTF-8, without anything being replaced. */
    static String decode(byte[] bytes) {
        CharsetDecoder strict = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer source = ByteBuffer.wrap(bytes);
        try {
            return strict.decode(source).toString();
        } catch (CharacterCodingException e) {
            int at = source.position();
            throw new BadRowException(String.format(
                    "expected UTF-8 text, got the byte 0x%02x, the line's number %d", bytes[at] & 0xff, at + 1));
        }
    }

    /** The next line; null behind the last. */
    @Nullable
    Line next() throws IOException {
        int unit = stream.read();
        if (unit < 0) {
            return null;
        }
        number++;
        bytes.reset();
        for (; unit >= 0 && unit != '\n'; unit = stream.read()) {
            bytes.write(unit);
            if (bytes.size() > LONGEST) {
                throw new GraftException(
                        ErrorCode.TRAINING_DATA_INVALID,
                        "a line of more than " + LONGEST + " bytes",
                        Location.ofLine(file, number),
                        "Write one row a line.");
            }
        }
        return line(bytes.toByteArray(), unit == '\n');
    }

    private Line line(byte[] read, boolean ended) {
        boolean marked =
                number == 1 && Arrays.equals(read, 0, Math.min(read.length, MARK.length), MARK, 0, MARK.length);
        boolean returned = read.length > 0 && read[read.length - 1] == '\r';
        byte[] line = Arrays.copyOfRange(read, marked ? MARK.length : 0, read.length - (returned ? 1 : 0));
        return new Line(number, line, (returned ? "\r" : "") + (ended ? "\n" : ""));
    }

    /**
     * What the first line says, which names the columns.
     *
     * @throws GraftException {@code TRAINING_DATA_INVALID} if that cannot be read, because then no row can
     */
    static <T> T header(Path file, java.util.function.Supplier<T> read) {
        try {
            return read.get();
        } catch (BadRowException e) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "the first line, which names the columns: " + e.problem(),
                    Location.ofLine(file, 1),
                    "Save the file as UTF-8, lines ending in line feeds, double quotes around a name with quotes or commas.",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
