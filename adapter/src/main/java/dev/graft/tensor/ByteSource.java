package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A run of bytes that can be read at any place: a file region or an array.
 *
 * <p>Safe for several threads. A source holds no open file.
 */
public interface ByteSource {
    /** The number of bytes. */
    long size();

    /**
     * Fills the buffer's remaining space with the bytes from {@code position} on.
     *
     * @throws dev.graft.error.GraftException {@code IO_FAILED} if the file cannot be read or has become shorter
     * @throws IndexOutOfBoundsException if the source ends before the buffer is full
     */
    void read(long position, ByteBuffer target);

    /** The part from {@code offset} on, {@code count} bytes long; shares the bytes. */
    default ByteSource slice(long offset, long count) {
        Objects.checkFromIndexSize(offset, count, size());
        return new SlicedBytes(this, offset, count);
    }

    /** A source over an array, which must not change afterwards. */
    static ByteSource ofArray(byte[] bytes) {
        return new HeapBytes(bytes, 0, bytes.length);
    }
}
