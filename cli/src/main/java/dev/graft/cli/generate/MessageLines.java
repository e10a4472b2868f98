package dev.graft.cli.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is typed or piped in, line by line; a line that has no end takes no more memory than a long one. */
final class MessageLines {
    static final int LONGEST = 1 << 20;

    private final BufferedReader input;

    MessageLines(BufferedReader input) {
        this.input = input;
    }

    /**
     * The next line without its end, or null behind the last one.
     *
     * @throws GraftException {@code INPUTS_INVALID} for a line that is too long; the next call reads the line behind it
     */
    @Nullable
    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        int read = input.read();
        if (read < 0) {
            return null;
        }
        long length = 0;
        while (read >= 0 && read != '\n') {
            if (length++ < LONGEST) {
                line.append((char) read);
            }
            read = input.read();
        }
        if (length > LONGEST) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "the line has " + length + " characters, a message at most " + LONGEST,
                    Location.NONE,
                    "Shorten it; no model reads that much at once.");
        }
        boolean carriageReturn = line.length() > 0 && line.charAt(line.length() - 1) == '\r';
        return carriageReturn ? line.substring(0, line.length() - 1) : line.toString();
    }
}
