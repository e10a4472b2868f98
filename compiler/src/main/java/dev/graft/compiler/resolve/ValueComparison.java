package dev.graft.compiler.resolve;

import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Compares a block of a stored weight with a checkpoint's tensor, window by window, values rounded to the stored type. */
final class ValueComparison {
    /** Doubles held of each side at a time. */
    private static final int WINDOW = 1 << 20;

    private static final int SAMPLES = 16;

    private final Tensor stored;
    private final WeightView view;
    private final Tensor checkpoint;

    /** How a block and a tensor relate. */
    enum Relation {
        EQUAL,
        TRANSPOSED,
        /** Equal both ways: a vector, or a symmetric matrix. */
        BOTH,
        DIFFERENT,
        /** Quantised, or stored in pieces. */
        UNKNOWN
    }

    private ValueComparison(Tensor stored, WeightView view, Tensor checkpoint) {
        this.stored = stored;
        this.view = view;
        this.checkpoint = checkpoint;
    }

    static Relation of(WeightView view, Tensor checkpoint) {
        Optional<Tensor> stored = view.tensor().tensor();
        if (stored.isEmpty()
                || !stored.get().dtype().isFloat()
                || !checkpoint.dtype().isFloat()) {
            return Relation.UNKNOWN;
        }
        ValueComparison comparison = new ValueComparison(stored.get(), view, checkpoint);
        Shape shape = checkpoint.shape();
        boolean vector = view.rows() == 1 || view.columns() == 1;
        boolean asIs = shape.elements() == view.rows() * view.columns()
                && (vector || shape.rank() > 0 && shape.dim(0) == view.rows());
        boolean reversed =
                !vector && shape.rank() == 2 && shape.dim(0) == view.columns() && shape.dim(1) == view.rows();
        boolean equal = asIs && comparison.isSame(false);
        boolean transposed = reversed && comparison.isSame(true);
        if (equal && (transposed || vector)) {
            return Relation.BOTH;
        }
        return equal ? Relation.EQUAL : transposed ? Relation.TRANSPOSED : Relation.DIFFERENT;
    }

    private boolean isSame(boolean transposed) {
        return samplesAgree(transposed) && allAgree(transposed);
    }

    private boolean samplesAgree(boolean transposed) {
        double[] one = new double[1];
        double[] other = new double[1];
        for (int sample = 0; sample < SAMPLES; sample++) {
            long row = view.rows() * sample / SAMPLES;
            long column = view.columns() * (sample * 7 % SAMPLES) / SAMPLES;
            readStored(row, column, 1, one, 0);
            checkpoint.readDoubles(
                    transposed ? column * view.rows() + row : row * view.columns() + column, other, 0, 1);
            if (!agree(one, other, 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean allAgree(boolean transposed) {
        int width = (int) Math.min(view.columns(), WINDOW);
        int height = (int) Math.min(view.rows(), Math.max(1, WINDOW / width));
        double[] one = new double[height * width];
        double[] other = new double[height * width];
        for (long row = 0; row < view.rows(); row += height) {
            int rows = (int) Math.min(height, view.rows() - row);
            for (long column = 0; column < view.columns(); column += width) {
                int columns = (int) Math.min(width, view.columns() - column);
                for (int i = 0; i < rows; i++) {
                    readStored(row + i, column, columns, one, i * columns);
                }
                readCheckpoint(row, rows, column, columns, transposed, other);
                if (!agree(one, other, rows * columns)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void readStored(long row, long column, int count, double[] target, int offset) {
        stored.readDoubles(
                (view.firstRow() + row) * view.tensorColumns() + view.firstColumn() + column, target, offset, count);
    }

    private void readCheckpoint(long row, int rows, long column, int columns, boolean transposed, double[] target) {
        if (!transposed) {
            for (int i = 0; i < rows; i++) {
                checkpoint.readDoubles((row + i) * view.columns() + column, target, i * columns, columns);
            }
            return;
        }
        double[] line = new double[rows];
        for (int j = 0; j < columns; j++) {
            checkpoint.readDoubles((column + j) * view.rows() + row, line, 0, rows);
            for (int i = 0; i < rows; i++) {
                target[i * columns + j] = line[i];
            }
        }
    }

    private boolean agree(double[] one, double[] other, int count) {
        DType type = stored.dtype();
        ByteBuffer rounded =
                ByteBuffer.allocate(Math.toIntExact(type.byteSize(count))).order(ByteOrder.LITTLE_ENDIAN);
        FloatFormat.encode(type, other, 0, count, rounded);
        FloatFormat.decode(type, rounded.flip(), other, 0, count);
        for (int i = 0; i < count; i++) {
            if (one[i] != other[i] && !(Double.isNaN(one[i]) && Double.isNaN(other[i]))) {
                return false;
            }
        }
        return true;
    }
}
