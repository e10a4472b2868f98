package dev.graft.tensor;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named dense tensor whose bytes lie somewhere and are decoded on demand.
 *
 * @param name the name in its file
 * @param dtype the number format
 * @param shape the dimensions
 * @param bytes the elements: row-major, little-endian, exactly as many bytes as dtype and shape say
 */
public record Tensor(String name, DType dtype, Shape shape, ByteSource bytes) {
    private static final int WINDOW_BYTES = 1 << 16;

    public Tensor {
        long expected = dtype.byteSize(shape.elements());
        if (bytes.size() != expected) {
            throw new IllegalArgumentException(
                    name + ": " + bytes.size() + " bytes, but " + dtype + " " + shape + " takes " + expected);
        }
    }

    /** A tensor of float32 values in memory. */
    public static Tensor ofFloats(String name, Shape shape, float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return new Tensor(name, DType.FLOAT32, shape, ByteSource.ofArray(buffer.array()));
    }

    /** A tensor in memory, its values rounded once to the given floating-point type. */
    public static Tensor ofDoubles(String name, DType dtype, Shape shape, double... values) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(dtype.byteSize(values.length)))
                .order(ByteOrder.LITTLE_ENDIAN);
        FloatFormat.encode(dtype, values, 0, values.length, buffer);
        return new Tensor(name, dtype, shape, ByteSource.ofArray(buffer.array()));
    }

    /** The same bytes under another name. */
    public Tensor withName(String newName) {
        return new Tensor(newName, dtype, shape, bytes);
    }

    /** The same bytes under another shape of as many elements. */
    public Tensor withShape(Shape newShape) {
        return new Tensor(name, dtype, newShape, bytes);
    }

    /** This floating-point tensor times a factor, multiplied in double and rounded once to the same type; computed when read. */
    public Tensor scaled(double factor) {
        return factor == 1 ? this : new Tensor(name, dtype, shape, new ScaledBytes(this, factor, dtype));
    }

    /**
     * The first rows and columns of this floating-point matrix, each row times its own factor; each product is rounded once to float32, or
     * is float64 where one of the two is. Computed when read.
     *
     * @param factors one per row that is wanted, whatever its shape
     * @param columns how many columns are wanted
     */
    public Tensor rowsScaled(Tensor factors, long columns) {
        boolean wide = dtype == DType.FLOAT64 || factors.dtype == DType.FLOAT64;
        DType type = wide ? DType.FLOAT64 : DType.FLOAT32;
        Shape wanted = Shape.of(factors.shape.elements(), columns);
        return new Tensor(name, type, wanted, new RowScaledBytes(this, factors, columns, type));
    }

    /** This floating-point tensor in another floating-point type, each value rounded once; computed when read. */
    public Tensor inFormat(DType other) {
        return dtype == other ? this : new Tensor(name, other, shape, new ScaledBytes(this, 1, other));
    }

    /** This matrix, of whole bytes per element, with its two dimensions exchanged; computed when read. */
    public Tensor transposed() {
        if (shape.rank() != 2 || !dtype.isByteSized()) {
            throw new IllegalArgumentException("not a matrix of whole bytes: " + name + " " + dtype + " " + shape);
        }
        return new Tensor(name, dtype, shape.reversed(), new TransposedBytes(this));
    }

    /**
     * Tensors of one type side by side along an axis, in which alone their shapes may differ; read where they lie.
     *
     * @throws IllegalArgumentException if types or other dimensions differ
     */
    public static Tensor joined(String name, int axis, List<Tensor> parts) {
        Tensor first = parts.get(0);
        long[] dims = first.shape.toArray();
        for (Tensor part : parts.subList(1, parts.size())) {
            long[] others = part.shape.toArray();
            dims[axis] += others[axis];
            others[axis] = first.shape.dim(axis);
            if (part.dtype != first.dtype || !Shape.of(others).equals(first.shape)) {
                throw new IllegalArgumentException(part + " cannot stand beside " + first + " along axis " + axis);
            }
        }
        long outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= dims[i];
        }
        List<ByteSource> sources = parts.stream().map(Tensor::bytes).toList();
        ByteSource bytes = outer == 0 ? ByteSource.ofArray(new byte[0]) : new JoinedBytes(sources, outer);
        return new Tensor(name, first.dtype, Shape.of(dims), bytes);
    }

    /**
     * Decodes elements {@code first} to {@code first + count - 1} of a floating-point tensor.
     *
     * @throws GraftException if the file cannot be read
     */
    public void readDoubles(long first, double[] target, int offset, int count) {
        Objects.checkFromIndexSize(first, count, shape.elements());
        int width = dtype.bits() / 8;
        int window = Math.min(count, WINDOW_BYTES / Math.max(width, 1));
        ByteBuffer buffer = ByteBuffer.allocate(window * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int now = Math.min(window, count - done);
            buffer.clear().limit(now * width);
            bytes.read((first + done) * width, buffer);
            FloatFormat.decode(dtype, buffer.flip(), target, offset + done, now);
            done += now;
        }
    }

    /**
     * All elements of a floating-point tensor as doubles.
     *
     * @throws GraftException {@code ADAPTER_TENSORS_INVALID} if there are too many for one array
     */
    public double[] toDoubles() {
        double[] values = new double[arrayLength()];
        readDoubles(0, values, 0, values.length);
        return values;
    }

    /** All bytes, for tensors that are small. */
    public byte[] toBytes() {
        if (bytes.size() > Integer.MAX_VALUE - 8) {
            throw tooLarge();
        }
        byte[] all = new byte[(int) bytes.size()];
        bytes.read(0, ByteBuffer.wrap(all));
        return all;
    }

    /**
     * The same tensor, read or computed once and kept on the heap.
     *
     * @throws GraftException {@code ADAPTER_TENSORS_INVALID} if it is too large for one array, {@code IO_FAILED}
     */
    public Tensor inMemory() {
        return new Tensor(name, dtype, shape, ByteSource.ofArray(toBytes()));
    }

    /** The file that the bytes lie in or are computed from, or null for a tensor in memory. */
    public @Nullable Path file() {
        if (bytes instanceof FileBytes region) {
            return region.file();
        }
        return bytes instanceof ElementBytes computed ? computed.file() : null;
    }

    private int arrayLength() {
        if (shape.elements() > Integer.MAX_VALUE - 8) {
            throw tooLarge();
        }
        return (int) shape.elements();
    }

    private GraftException tooLarge() {
        return new GraftException(
                ErrorCode.ADAPTER_TENSORS_INVALID,
                "a tensor of " + shape.elements() + " elements cannot be held at once",
                Location.ofTensor(file(), name),
                "");
    }
}
