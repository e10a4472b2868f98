package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The first rows and columns of a matrix, each row times its own factor. */
final class RowScaledBytes extends ElementBytes {
    private final Tensor matrix;
    private final Tensor factors;
    private final long stride;
    private final long columns;
    private final DType dtype;

    RowScaledBytes(Tensor matrix, Tensor factors, long columns, DType dtype) {
        super(Math.multiplyExact(factors.shape().elements(), columns), dtype.bits() / 8);
        if (matrix.shape().rank() != 2
                || factors.shape().elements() > matrix.shape().dim(0)
                || columns > matrix.shape().dim(1)) {
            throw new IllegalArgumentException(
                    matrix.name() + " " + matrix.shape() + " has no " + factors.shape() + " rows of " + columns);
        }
        this.matrix = matrix;
        this.factors = factors;
        this.stride = matrix.shape().dim(1);
        this.columns = columns;
        this.dtype = dtype;
    }

    @Override
    protected void elements(long first, int count, ByteBuffer target) {
        double[] values = new double[count];
        if (columns == stride) {
            matrix.readDoubles(first, values, 0, count);
        } else {
            readCut(first, values);
        }
        scale(first, values);
        FloatFormat.encode(dtype, values, 0, count, target);
    }

    private void readCut(long first, double[] values) {
        int done = 0;
        while (done < values.length) {
            long row = (first + done) / columns;
            long column = (first + done) % columns;
            int now = (int) Math.min(values.length - done, columns - column);
            matrix.readDoubles(row * stride + column, values, done, now);
            done += now;
        }
    }

    private void scale(long first, double[] values) {
        long firstRow = first / columns;
        int rows = (int) ((first + values.length - 1) / columns - firstRow) + 1;
        double[] scales = new double[rows];
        factors.readDoubles(firstRow, scales, 0, rows);
        for (int i = 0; i < values.length; i++) {
            values[i] *= scales[(int) ((first + i) / columns - firstRow)];
        }
    }

    @Override
    protected @Nullable Path file() {
        return matrix.file() == null ? factors.file() : matrix.file();
    }
}
