package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The lines of a UTF-8 file, of bounded length, without their ends and without a byte order mark. */
final class TextLines implements Closeable {
    private static final int LONGEST = 8 << 20;

    private final Path file;
    private final BufferedReader reader;
    private long number;

    TextLines(Path file) throws IOException {
        this.file = file;
        this.reader = Files.newBufferedReader(file);
    }

    /** The number of the line that was read last, from 1 on. */
    long number() {
        return number;
    }

    /** The next line; null behind the last. */
    @Nullable
    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        int unit = reader.read();
        if (unit < 0) {
            return null;
        }
        number++;
        for (; unit >= 0 && unit != '\n'; unit = reader.read()) {
            line.append((char) unit);
            if (line.length() > LONGEST) {
                throw new GraftException(
                        ErrorCode.TRAINING_DATA_INVALID,
                        "a line of more than " + LONGEST + " characters",
                        Location.ofLine(file, number),
                        "Write one row a line.");
            }
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        boolean marked = number == 1 && !line.isEmpty() && line.charAt(0) == '\uFEFF';
        return marked ? line.substring(1) : line.toString();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
