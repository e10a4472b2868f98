package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An int64 tensor [rows, columns] while it is being filled. */
final class Matrix {
    private final int rows;
    private final int columns;
    private final ByteBuffer bytes;

    Matrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        this.bytes = allocate(DType.INT64, Shape.of(rows, columns));
    }

    /**
     * Room for a tensor of a batch.
     *
     * @throws GraftException {@code TRAINING_DATA_INVALID} if it takes more than 2 GiB
     */
    static ByteBuffer allocate(DType dtype, Shape shape) {
        long size = dtype.byteSize(shape.elements());
        if (size > Integer.MAX_VALUE) {
            throw new GraftException(
                    ErrorCode.TRAINING_DATA_INVALID,
                    "a batch has a tensor of " + dtype.displayName() + " " + shape + ", which is more than 2 GiB",
                    Location.NONE,
                    "Make per_device_train_batch_size or cutoff_len smaller.");
        }
        return ByteBuffer.allocateDirect((int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A length rounded up to a multiple. */
    static int roundUp(int length, int multiple) {
        long rounded = ((long) length + multiple - 1) / multiple * multiple;
        return (int) Math.min(Integer.MAX_VALUE, rounded);
    }

    /** The same value everywhere. */
    static Matrix filled(int rows, int columns, long value) {
        Matrix matrix = new Matrix(rows, columns);
        for (int i = 0; i < matrix.bytes.capacity(); i += Long.BYTES) {
            matrix.bytes.putLong(i, value);
        }
        return matrix;
    }

    void set(int row, int column, long value) {
        bytes.putLong((row * columns + column) * Long.BYTES, value);
    }

    HostTensor toTensor() {
        return new HostTensor(DType.INT64, Shape.of(rows, columns), bytes);
    }
}
