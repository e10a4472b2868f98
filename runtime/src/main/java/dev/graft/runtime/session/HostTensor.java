package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A dense tensor in memory outside the Java heap, where ONNX Runtime reads it without a copy. Immutable.
 *
 * @param dtype the number format; any whose elements are whole bytes
 * @param shape the dimensions
 * @param bytes the elements: direct, row-major, little-endian, from position to limit. Whoever makes a tensor gives the buffer away; what
 *     a tensor hands out is a read-only view of its own
 */
public record HostTensor(DType dtype, Shape shape, ByteBuffer bytes) {
    public HostTensor {
        if (!dtype.isByteSized()) {
            throw new IllegalArgumentException("elements of " + dtype + " are not whole bytes");
        }
        long expected = dtype.byteSize(shape.elements());
        if (!bytes.isDirect() || bytes.remaining() != expected) {
            throw new IllegalArgumentException(
                    (bytes.isDirect() ? "direct" : "heap") + " buffer of " + bytes.remaining() + " bytes for " + dtype
                            + " " + shape + ", which takes a direct one of " + expected);
        }
        bytes = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A float32 tensor. */
    public static HostTensor ofFloats(Shape shape, float... values) {
        ByteBuffer buffer = allocate(DType.FLOAT32, values.length);
        buffer.asFloatBuffer().put(values);
        return new HostTensor(DType.FLOAT32, shape, buffer);
    }

    /** A tensor of a floating-point type, each value rounded once. */
    public static HostTensor ofDoubles(DType dtype, Shape shape, double... values) {
        ByteBuffer buffer = allocate(dtype, values.length);
        FloatFormat.encode(dtype, values, 0, values.length, buffer);
        return new HostTensor(dtype, shape, buffer.flip());
    }

    /** An int64 tensor. */
    public static HostTensor ofLongs(Shape shape, long... values) {
        return ofIntegers(DType.INT64, shape, values);
    }

    /** A tensor of an integer type or of booleans (0 and 1); values are cut to the type's width. */
    public static HostTensor ofIntegers(DType dtype, Shape shape, long... values) {
        ByteBuffer buffer = allocate(dtype, values.length);
        for (long value : values) {
            switch (dtype) {
                case INT64, UINT64 -> buffer.putLong(value);
                case INT32, UINT32 -> buffer.putInt((int) value);
                case INT16, UINT16 -> buffer.putShort((short) value);
                case INT8, UINT8, BOOL -> buffer.put((byte) value);
                default -> throw new IllegalArgumentException("not an integer type: " + dtype);
            }
        }
        return new HostTensor(dtype, shape, buffer.flip());
    }

    /**
     * A copy of a tensor that lies in a file or array.
     *
     * @throws GraftException {@code INPUTS_INVALID} if it takes more than 2 GiB or its elements are not whole bytes, {@code IO_FAILED}
     */
    public static HostTensor of(Tensor tensor) {
        if (!tensor.dtype().isByteSized() || tensor.bytes().size() > Integer.MAX_VALUE) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "a tensor of " + tensor.dtype().displayName() + " " + tensor.shape()
                            + " cannot be held in memory as one",
                    Location.ofTensor(tensor.file(), tensor.name()),
                    "Use smaller inputs, of a type whose elements are whole bytes.");
        }
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes().size()));
        tensor.bytes().read(0, buffer);
        return new HostTensor(tensor.dtype(), tensor.shape(), buffer.flip());
    }

    /** A tensor of zeros. */
    public static HostTensor zeros(DType dtype, Shape shape) {
        return new HostTensor(dtype, shape, allocate(dtype, shape.elements()));
    }

    /** The same elements as a tensor with a name; shares the memory. */
    public Tensor named(String name) {
        return new Tensor(name, dtype, shape, new HostBytes(bytes));
    }

    /** A read-only view of the elements; its position and limit are the caller's own. */
    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The number of elements. */
    public int elements() {
        return (int) shape.elements();
    }

    /** All elements as doubles; integers beyond 2^53 are rounded, booleans are 0 and 1. */
    public double[] toDoubles() {
        return toDoubles(0, elements());
    }

    /**
     * Elements {@code first} to {@code first + count - 1} as doubles.
     *
     * @throws IndexOutOfBoundsException if there are not as many
     */
    public double[] toDoubles(int first, int count) {
        double[] values = new double[count];
        int width = dtype.bits() / 8;
        ByteBuffer window = bytes().position(first * width).limit((first + count) * width);
        if (dtype.isFloat()) {
            FloatFormat.decode(dtype, window, values, 0, count);
        } else {
            for (int i = 0; i < count; i++) {
                values[i] = readInteger(window);
            }
        }
        return values;
    }

    /** All elements of an integer or boolean tensor. */
    public long[] toLongs() {
        long[] values = new long[elements()];
        ByteBuffer window = bytes();
        for (int i = 0; i < values.length; i++) {
            values[i] = readInteger(window);
        }
        return values;
    }

    /** The dtype and shape, as {@code float32 [2, 3]}. */
    @Override
    public String toString() {
        return dtype.displayName() + " " + shape;
    }

    private long readInteger(ByteBuffer source) {
        return switch (dtype) {
            case INT64, UINT64 -> source.getLong();
            case INT32 -> source.getInt();
            case UINT32 -> Integer.toUnsignedLong(source.getInt());
            case INT16 -> source.getShort();
            case UINT16 -> Short.toUnsignedLong(source.getShort());
            case INT8 -> source.get();
            case UINT8 -> Byte.toUnsignedLong(source.get());
            case BOOL -> source.get() == 0 ? 0 : 1;
            default -> throw new IllegalArgumentException("not an integer type: " + dtype);
        };
    }

    private static ByteBuffer allocate(DType dtype, long elements) {
        return ByteBuffer.allocateDirect(Math.toIntExact(dtype.byteSize(elements)))
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
