package dev.graft.compiler.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protobuf message under construction; fields appear in the order of the calls. */
public final class WireMessage {
    private static final int VARINT = 0;
    private static final int BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An integer or enum field. */
    public WireMessage integer(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    /** A string field. */
    public WireMessage string(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** A field that is a message of its own. */
    public WireMessage message(int field, WireMessage value) {
        return bytes(field, value.toBytes());
    }

    /** A bytes field. */
    public WireMessage bytes(int field, byte[] value) {
        header(field, value.length);
        return raw(value);
    }

    /** The tag and length of a bytes field or message whose content follows elsewhere. */
    public WireMessage header(int field, long length) {
        varint((long) field << 3 | BYTES);
        varint(length);
        return this;
    }

    /** Bytes as they are. */
    public WireMessage raw(byte[] value) {
        out.write(value, 0, value.length);
        return this;
    }

    /** A bare varint. */
    public WireMessage varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    /** The bytes so far. */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    /** How many bytes a value takes as a varint. */
    public static int varintSize(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }
}
