package dev.graft.runtime.session;

import dev.graft.tensor.ByteSource;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of a tensor in memory outside the heap, for code that reads tensors wherever they lie. */
record HostBytes(ByteBuffer bytes) implements ByteSource {
    @Override
    public long size() {
        return bytes.limit();
    }

    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size());
        target.put(bytes.duplicate().position((int) position).limit((int) position + target.remaining()));
    }
}
