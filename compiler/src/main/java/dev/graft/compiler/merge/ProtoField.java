package dev.graft.compiler.merge;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A field of a protobuf message, by place in its file.
 *
 * @param number the field's number
 * @param wire its wire type
 * @param start its first byte, the tag's
 * @param prefix for wire type 2 the place of the length, else the value's
 * @param content the first byte of its value
 * @param end the first byte behind it
 */
record ProtoField(int number, int wire, long start, long prefix, long content, long end) {
    static final int BYTES = 2;

    private static final int WINDOW = 1 << 16;

    /** The fields of the message that takes {@code from} to {@code to}; values are skipped. */
    static List<ProtoField> fields(OpenFiles files, Path file, long from, long to) {
        Cursor cursor = new Cursor(files, file, from, to);
        List<ProtoField> fields = new ArrayList<>();
        while (cursor.at < to) {
            fields.add(cursor.next());
        }
        return fields;
    }

    /** Whether the field is a message or bytes around a region, and more than the region itself. */
    boolean encloses(long regionStart, long regionEnd) {
        return wire == BYTES
                && content <= regionStart
                && regionEnd <= end
                && (content < regionStart || regionEnd < end);
    }

    long length() {
        return end - content;
    }

    private static final class Cursor {
        private final OpenFiles files;
        private final Path file;
        private final long limit;
        private final ByteBuffer window = ByteBuffer.allocate(WINDOW);
        private long windowStart;
        private long at;

        Cursor(OpenFiles files, Path file, long from, long to) {
            this.files = files;
            this.file = file;
            this.limit = to;
            this.at = from;
            this.windowStart = from;
            window.limit(0);
        }

        ProtoField next() {
            long start = at;
            long tag = varint();
            long prefix = at;
            int wire = (int) (tag & 7);
            long length = switch (wire) {
                case 0 -> {
                    varint();
                    yield 0;
                }
                case 1 -> 8;
                case BYTES -> varint();
                case 5 -> 4;
                default -> throw malformed();
            };
            long content = wire == 0 ? prefix : at;
            if (length < 0 || length > limit - at) {
                throw malformed();
            }
            at += length;
            return new ProtoField((int) (tag >>> 3), wire, start, prefix, content, at);
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                int next = nextByte();
                value |= (long) (next & 0x7f) << shift;
                if (next < 0x80) {
                    return value;
                }
            }
            throw malformed();
        }

        private int nextByte() {
            if (at >= limit) {
                throw malformed();
            }
            if (at < windowStart || at >= windowStart + window.limit()) {
                windowStart = at;
                window.clear().limit((int) Math.min(WINDOW, limit - at));
                files.read(file, at, window);
                window.flip();
            }
            return window.get((int) (at++ - windowStart)) & 0xff;
        }

        private GraftException malformed() {
            return new GraftException(
                    ErrorCode.ONNX_MALFORMED,
                    "not a field of a protobuf message",
                    Location.ofOffset(file, at),
                    "The file was changed while it was read: run the command again.");
        }
    }
}
