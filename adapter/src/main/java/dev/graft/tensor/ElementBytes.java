package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The bytes of a tensor that is computed element by element from others, a window at a time. */
public abstract class ElementBytes implements ByteSource {
    private final long size;
    private final int width;

    /**
     * For {@code elements} elements of {@code width} bytes each.
     *
     * @throws ArithmeticException if the number of bytes does not fit into a long
     */
    protected ElementBytes(long elements, int width) {
        this.size = Math.multiplyExact(elements, (long) width);
        this.width = width;
    }

    /** Writes {@code count} whole elements from {@code first} on to the little-endian buffer. */
    protected abstract void elements(long first, int count, ByteBuffer target);

    /** The file that the values are computed from, or null. */
    protected @Nullable Path file() {
        return null;
    }

    @Override
    public final long size() {
        return size;
    }

    @Override
    public final void read(long position, ByteBuffer target) {
        int wanted = target.remaining();
        Objects.checkFromIndexSize(position, wanted, size);
        if (wanted == 0) {
            return;
        }
        long first = position / width;
        int count = Math.toIntExact((position + wanted - 1) / width - first + 1);
        ByteBuffer whole = ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
        elements(first, count, whole);
        int skip = (int) (position - first * width);
        target.put(whole.array(), skip, wanted);
    }
}
