package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.FileBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Walks the protobuf wire format of a file through a small window; what is skipped is not read.
 *
 * <pre>
 * message = field*             field = tag value            tag = varint of (number &lt;&lt; 3 | wire)
 * value   = varint (wire 0) | 8 bytes (1) | varint length, bytes (2) | 4 bytes (5)
 * </pre>
 *
 * Stricter than protobuf where leniency would let two readers disagree: a known field with another wire type, groups and field
 * number 0 are errors. Every length is checked against the enclosing message before it is used.
 */
final class WireReader implements Closeable {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    /** As deep as the protobuf readers of ONNX Runtime and of Java go. */
    private static final int MAX_DEPTH = 100;

    private static final int WINDOW_BYTES = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final IndexBudget budget;
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);
    private long windowStart;
    private long position;
    private long limit;
    private int depth;

    WireReader(Path file, IndexBudget budget) throws IOException {
        this.file = file;
        this.budget = budget;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.size = channel.size();
        this.limit = size;
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    long position() {
        return position;
    }

    IndexBudget budget() {
        return budget;
    }

    /** Reads the whole file as one message. */
    void readFile(FieldVisitor visitor) {
        readFields(size, visitor);
    }

    /** Reads a message that an earlier scan found. */
    void readRegion(ByteRegion message, FieldVisitor visitor) {
        position = message.offset();
        readFields(message.end(), visitor);
    }

    /** Reads a message that is the value of the current field, and gives its place. */
    ByteRegion readMessage(int wire, FieldVisitor visitor) {
        ByteRegion region = openBytes(wire);
        if (++depth > MAX_DEPTH) {
            throw malformed(
                    "messages are nested more than " + MAX_DEPTH + " deep (about 33 subgraphs inside each other)");
        }
        readFields(region.end(), visitor);
        depth--;
        return region;
    }

    /** Reads the elements of a packed field one after the other. */
    ByteRegion readPacked(int wire, Runnable element) {
        ByteRegion region = openBytes(wire);
        long outer = limit;
        limit = region.end();
        while (position < limit) {
            element.run();
        }
        limit = outer;
        return region;
    }

    /** Skips a length-delimited value and gives its place. */
    ByteRegion skipBytes(int wire) {
        ByteRegion region = openBytes(wire);
        position = region.end();
        return region;
    }

    /** Skips a value of any kind. */
    void skip(int wire) {
        switch (wire) {
            case VARINT -> readVarint();
            case FIXED64 -> advance(Long.BYTES);
            case BYTES -> skipBytes(wire);
            case FIXED32 -> advance(Integer.BYTES);
            default -> throw malformed("wire type " + wire + ", which ONNX does not use");
        }
    }

    long readInt(int wire) {
        expect(wire, VARINT);
        return readVarint();
    }

    float readFloat(int wire) {
        expect(wire, FIXED32);
        return Float.intBitsToFloat(readFixed32());
    }

    int readFixed32() {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            value |= readByte() << shift;
        }
        return value;
    }

    String readString(int wire) {
        return readText(wire).orElseThrow(() -> malformed("a name that is not UTF-8"));
    }

    /** A string, or nothing where the bytes are not UTF-8. */
    Optional<String> readText(int wire) {
        ByteRegion region = openBytes(wire);
        budget.charge(region.length(), this);
        byte[] bytes = new byte[Math.toIntExact(region.length())];
        readInto(bytes);
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** A base-128 varint of at most ten bytes. */
    long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw malformed("a number of more than ten bytes");
    }

    void expect(int wire, int expected) {
        if (wire != expected) {
            throw malformed("a field with wire type " + wire + ", expected " + expected);
        }
    }

    /** Opens a length-delimited value: the position is at its first byte. */
    ByteRegion openBytes(int wire) {
        expect(wire, BYTES);
        long length = readVarint();
        if (length < 0 || length > limit - position) {
            throw malformed("a field of " + Long.toUnsignedString(length) + " bytes where only " + (limit - position)
                    + " are left: the file is cut off or damaged");
        }
        return new ByteRegion(file, position, length);
    }

    GraftException malformed(String problem) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED,
                "not a valid ONNX file: " + problem,
                Location.ofOffset(file, position),
                "Check that the file is complete (compare its size with the source) and is an ONNX model.");
    }

    private void readFields(long end, FieldVisitor visitor) {
        long outer = limit;
        limit = end;
        while (position < end) {
            long tag = readVarint();
            if (tag < 8 || tag > 0xffff_ffffL) {
                throw malformed("a field tag of " + Long.toUnsignedString(tag));
            }
            visitor.visit((int) (tag >>> 3), (int) (tag & 7));
        }
        limit = outer;
    }

    private void advance(long count) {
        if (count > limit - position) {
            throw malformed("a value runs past the end of its message");
        }
        position += count;
    }

    private int readByte() {
        if (position >= limit) {
            throw malformed("a value runs past the end of its message");
        }
        long index = position - windowStart;
        if (index < 0 || index >= window.limit()) {
            fill();
            index = 0;
        }
        position++;
        return window.get((int) index) & 0xff;
    }

    private void readInto(byte[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) readByte();
        }
    }

    private void fill() {
        window.clear().limit((int) Math.min(WINDOW_BYTES, size - position));
        windowStart = position;
        try {
            FileBytes.readFully(channel, file, position, window);
        } catch (IOException e) {
            window.limit(0);
            throw FileFault.unreadable(file, e);
        }
        window.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
