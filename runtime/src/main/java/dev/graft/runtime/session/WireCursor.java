package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Steps over the fields of a protobuf message in a file without reading what is skipped.
 *
 * <p>{@link #next} moves to the next field, which the caller then reads with the method for its wire type, or does not.
 */
final class WireCursor {
    private static final int LONGEST_STRING = 1 << 20;

    private final Window window;
    private final long end;
    private long at;
    private int tag;
    private long payload;

    private WireCursor(Window window, long start, long end) {
        this.window = window;
        this.at = start;
        this.end = end;
    }

    /** A cursor over a whole file. */
    static WireCursor ofFile(FileChannel channel, Path file) throws IOException {
        return new WireCursor(new Window(channel, file), 0, channel.size());
    }

    /** Moves to the next field; false behind the last one. */
    boolean next() throws IOException {
        if (at >= end) {
            return false;
        }
        tag = (int) readVarint();
        payload = switch (tag & 7) {
            case 0 -> readVarint();
            case 1 -> skip(8);
            case 2 -> readVarint();
            case 5 -> skip(4);
            default -> throw malformed("wire type " + (tag & 7));
        };
        if ((tag & 7) == 2) {
            at += length();
        }
        return true;
    }

    /** The number of the current field. */
    int field() {
        return tag >>> 3;
    }

    /** Whether the current field is a varint, whose value is {@link #value}. */
    boolean isVarint() {
        return (tag & 7) == 0;
    }

    /** Whether the current field is a message, string or packed list. */
    boolean isDelimited() {
        return (tag & 7) == 2;
    }

    /** The current varint. */
    long value() {
        return payload;
    }

    /** A cursor over the current message. */
    WireCursor message() {
        return new WireCursor(window, at - payload, at);
    }

    /** The current string. */
    String string() throws IOException {
        if (payload > LONGEST_STRING) {
            throw malformed("a name of " + payload + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) payload);
        FileBytes.readFully(window.channel, window.file, at - payload, bytes);
        return new String(bytes.array(), StandardCharsets.UTF_8);
    }

    /** Reads a varint here, as in a packed list. */
    long readVarint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a varint of more than ten bytes");
    }

    /** Whether bytes are left. */
    boolean hasMore() {
        return at < end;
    }

    private long length() {
        if (payload < 0 || payload > end - at) {
            throw malformed("a field of " + payload + " bytes where " + (end - at) + " are left");
        }
        return payload;
    }

    private long skip(int count) {
        if (count > end - at) {
            throw malformed("a field cut short");
        }
        at += count;
        return 0;
    }

    private byte readByte() throws IOException {
        if (at >= end) {
            throw malformed("a message cut short");
        }
        return window.byteAt(at++);
    }

    /** An error that names this place. */
    GraftException malformed(String what) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED,
                "expected the protobuf of an ONNX model, got " + what,
                Location.ofOffset(window.file, at),
                "Export the model again.");
    }

    /** The part of the file around where a cursor stands; shared by the cursors over one file. */
    private static final class Window {
        private final FileChannel channel;
        private final Path file;
        private final ByteBuffer bytes = ByteBuffer.allocate(1 << 13).limit(0);
        private long start;

        Window(FileChannel channel, Path file) {
            this.channel = channel;
            this.file = file;
        }

        byte byteAt(long position) throws IOException {
            if (position < start || position >= start + bytes.limit()) {
                bytes.clear().limit((int) Math.min(bytes.capacity(), channel.size() - position));
                FileBytes.readFully(channel, file, position, bytes);
                start = position;
            }
            return bytes.get((int) (position - start));
        }
    }
}
