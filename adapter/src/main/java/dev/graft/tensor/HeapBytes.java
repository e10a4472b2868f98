package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.util.Objects;

/** A byte source over part of an array. */
record HeapBytes(byte[] bytes, int offset, int length) implements ByteSource {
    @Override
    public long size() {
        return length;
    }

    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), (long) length);
        target.put(bytes, (int) (offset + position), target.remaining());
    }

    @Override
    public ByteSource slice(long from, long count) {
        Objects.checkFromIndexSize(from, count, (long) length);
        return new HeapBytes(bytes, (int) (offset + from), (int) count);
    }
}
