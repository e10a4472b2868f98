package dev.graft.training.data;

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
        long size = DType.INT64.byteSize((long) rows * columns);
        this.bytes = ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
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
