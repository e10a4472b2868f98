package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.util.Objects;

/** Part of a source that has no slices of its own. */
record SlicedBytes(ByteSource source, long offset, long size) implements ByteSource {
    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size);
        source.read(offset + position, target);
    }

    @Override
    public ByteSource slice(long from, long count) {
        Objects.checkFromIndexSize(from, count, size);
        return new SlicedBytes(source, offset + from, count);
    }
}
