package dev.graft.training.config;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Bytes as text: what is not UTF-8 is refused at its place, where a lenient reader would train on replacement characters. */
final class Utf8Text {
    private Utf8Text() {}

    static String of(Path file, byte[] content) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(content);
        // no byte makes more than one unit
        CharBuffer text = CharBuffer.allocate(content.length);
        CoderResult result = decoder.decode(bytes, text, true);
        if (result.isError()) {
            throw refused(file, text.flip().toString(), content[bytes.position()]);
        }
        return text.flip().toString();
    }

    private static GraftException refused(Path file, String before, byte wrong) {
        long line = before.chars().filter(unit -> unit == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return new GraftException(
                ErrorCode.TRAINING_CONFIG_INVALID,
                String.format("the file is not UTF-8 text: byte 0x%02X at column %d", wrong, column),
                Location.ofLine(file, line),
                "Save the file as UTF-8.");
    }
}
