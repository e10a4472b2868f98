package dev.graft.compiler.attach;

import dev.graft.adapter.FiniteValues;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;

/** A small dense matrix of doubles: a factor on its way from an adapter's layout into a graph's. */
final class Matrix {
    private final int rows;
    private final int columns;
    private final double[] values;

    Matrix(long rows, long columns) {
        this.rows = Math.toIntExact(rows);
        this.columns = Math.toIntExact(columns);
        this.values = new double[Math.multiplyExact(this.rows, this.columns)];
    }

    /** A tensor's elements as a matrix of its first dimension by all others. */
    static Matrix of(Tensor tensor) {
        long rows = tensor.shape().rank() == 0 ? 1 : tensor.shape().dim(0);
        Matrix matrix = new Matrix(rows, rows == 0 ? 0 : tensor.shape().elements() / rows);
        tensor.readDoubles(0, matrix.values, 0, matrix.values.length);
        return matrix;
    }

    static Matrix identity(int size) {
        Matrix matrix = new Matrix(size, size);
        for (int i = 0; i < size; i++) {
            matrix.set(i, i, 1);
        }
        return matrix;
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    double at(int row, int column) {
        return values[row * columns + column];
    }

    void set(int row, int column, double value) {
        values[row * columns + column] = value;
    }

    Matrix transposed() {
        Matrix result = new Matrix(columns, rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result.values[column * rows + row] = values[row * columns + column];
            }
        }
        return result;
    }

    /** Each element times a factor. */
    Matrix scaled(double factor) {
        Matrix result = new Matrix(rows, columns);
        for (int i = 0; i < values.length; i++) {
            result.values[i] = values[i] * factor;
        }
        return result;
    }

    /** Each column times its own factor. */
    Matrix withColumnsScaled(double[] factors) {
        Matrix result = new Matrix(rows, columns);
        for (int i = 0; i < values.length; i++) {
            result.values[i] = values[i] * factors[i % columns];
        }
        return result;
    }

    /** Writes another matrix into this one, its first element at (row, column). */
    void put(Matrix block, int row, int column) {
        for (int i = 0; i < block.rows; i++) {
            System.arraycopy(block.values, i * block.columns, values, (row + i) * columns + column, block.columns);
        }
    }

    /**
     * The elements, each rounded once.
     *
     * @throws GraftException {@code MERGE_NOT_FINITE} if one is beyond the format's range
     */
    Tensor toTensor(String name, DType dtype) {
        return toTensor(name, dtype, Shape.of(rows, columns));
    }

    /** The elements under another shape, each rounded once. */
    Tensor toTensor(String name, DType dtype, Shape shape) {
        Tensor tensor = Tensor.ofDoubles(name, dtype, shape, values);
        long others = FiniteValues.countOthers(tensor);
        if (others > 0) {
            throw new GraftException(
                    ErrorCode.MERGE_NOT_FINITE,
                    others + " of " + values.length + " values for '" + name + "' are beyond the range of the base's "
                            + dtype.displayName(),
                    Location.ofTensor(null, name),
                    "Give the adapter a smaller weight such as ADAPTER@0.5, or use a base in bfloat16 or float32.");
        }
        return tensor;
    }
}
