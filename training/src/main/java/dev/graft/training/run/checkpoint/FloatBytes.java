package dev.graft.training.run.checkpoint;

import dev.graft.tensor.ByteSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** An array of floats as bytes, window by window, so that a large state is not copied as a whole. */
record FloatBytes(float[] values) implements ByteSource {
    @Override
    public long size() {
        return (long) values.length * Float.BYTES;
    }

    /** Reads whole floats only, which is how a safetensors file is written. */
    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size());
        if (position % Float.BYTES != 0 || target.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException("not whole floats: " + position + ", " + target.remaining());
        }
        int count = target.remaining() / Float.BYTES;
        ByteBuffer little = target.slice().order(ByteOrder.LITTLE_ENDIAN);
        little.asFloatBuffer().put(values, (int) (position / Float.BYTES), count);
        target.position(target.limit());
    }
}
