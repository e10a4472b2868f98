package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies a block of a tensor into a block of another: a row into a batch, or out of it. */
public final class Blocks {
    private final int width;
    private final long[] extent;
    private final long[] from;
    private final long[] to;

    /**
     * A way to copy blocks.
     *
     * @param width the bytes of an element
     * @param extent the block's size
     * @param from the shape of the tensor that is read
     * @param to the shape of the tensor that is written
     */
    private Blocks(int width, long[] extent, long[] from, long[] to) {
        this.width = width;
        this.extent = extent;
        this.from = from;
        this.to = to;
    }

    /**
     * Copies a block of one tensor into another.
     *
     * @param from the tensor that is read
     * @param start the block's first element in it
     * @param extent the block's size
     * @param whole the memory of the tensor that is written
     * @param shape its dimensions
     * @param to the block's first element in it
     */
    public static void copy(HostTensor from, long[] start, long[] extent, ByteBuffer whole, Shape shape, long[] to) {
        long[] source = from.shape().toArray();
        long[] target = shape.toArray();
        new Blocks(from.dtype().bits() / 8, extent, source, target)
                .copy(from.bytes(), offset(start, source), whole, offset(to, target), 0);
    }

    /** Copies a whole tensor into a larger one, its first element at {@code start}. */
    static void put(HostTensor part, ByteBuffer whole, Shape shape, long[] start) {
        long[] extent = part.shape().toArray();
        new Blocks(part.dtype().bits() / 8, extent, extent, shape.toArray())
                .copy(part.bytes(), 0, whole, offset(start, shape.toArray()), 0);
    }

    /** A part of a tensor as one of its own. */
    static HostTensor take(HostTensor whole, long[] start, long[] extent) {
        Shape shape = Shape.of(extent);
        ByteBuffer part = allocate(whole.dtype(), shape);
        new Blocks(whole.dtype().bits() / 8, extent, whole.shape().toArray(), extent)
                .copy(whole.bytes(), offset(start, whole.shape().toArray()), part, 0, 0);
        return new HostTensor(whole.dtype(), shape, part);
    }

    /** A part of a tensor, in the tensor's own memory where it lies there in one piece. */
    static HostTensor view(HostTensor whole, long[] start, long[] extent) {
        long[] from = whole.shape().toArray();
        int axis = 0;
        while (axis < extent.length && extent[axis] == 1) {
            axis++;
        }
        int width = whole.dtype().bits() / 8;
        if (!new Blocks(width, extent, from, extent).isContiguous(axis)) {
            return take(whole, start, extent);
        }
        Shape shape = Shape.of(extent);
        int first = Math.toIntExact(offset(start, from) * width);
        int bytes = Math.toIntExact(whole.dtype().byteSize(shape.elements()));
        return new HostTensor(whole.dtype(), shape, whole.bytes().slice(first, bytes));
    }

    /** Memory for a tensor, all zeros. */
    static ByteBuffer allocate(DType dtype, Shape shape) {
        return ByteBuffer.allocateDirect(Math.toIntExact(dtype.byteSize(shape.elements())))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Offsets count elements; a block that lies in one piece in both is copied at once. */
    private void copy(ByteBuffer source, long sourceAt, ByteBuffer target, long targetAt, int axis) {
        if (axis == extent.length || isContiguous(axis)) {
            int bytes = Math.toIntExact(product(extent, axis) * width);
            target.put(Math.toIntExact(targetAt * width), source, Math.toIntExact(sourceAt * width), bytes);
            return;
        }
        long sourceStep = product(from, axis + 1);
        long targetStep = product(to, axis + 1);
        for (long i = 0; i < extent[axis]; i++) {
            copy(source, sourceAt + i * sourceStep, target, targetAt + i * targetStep, axis + 1);
        }
    }

    private boolean isContiguous(int axis) {
        for (int inner = axis + 1; inner < extent.length; inner++) {
            if (extent[inner] != from[inner] || extent[inner] != to[inner]) {
                return false;
            }
        }
        return true;
    }

    private static long offset(long[] start, long[] shape) {
        long offset = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            offset = offset * shape[axis] + start[axis];
        }
        return offset;
    }

    private static long product(long[] lengths, int first) {
        long product = 1;
        for (int axis = first; axis < lengths.length; axis++) {
            product *= lengths[axis];
        }
        return product;
    }
}
