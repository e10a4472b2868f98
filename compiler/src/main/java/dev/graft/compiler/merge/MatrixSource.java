package dev.graft.compiler.merge;

import dev.graft.tensor.Tensor;

/**
 * A tensor of an adapter as a matrix that is read block by block.
 *
 * @param tensor the values; row-major [rows, columns], or [columns, rows] where {@code transposed}
 * @param rows the matrix's rows
 * @param columns the matrix's columns
 * @param transposed whether the tensor holds the matrix's transpose
 */
record MatrixSource(Tensor tensor, long rows, long columns, boolean transposed) {
    private static final int WINDOW = 1 << 15;

    /** A tensor that holds [rows, columns]. */
    static MatrixSource of(Tensor tensor, long rows, long columns) {
        return new MatrixSource(tensor, rows, columns, false);
    }

    /** The transpose of this matrix, over the same tensor. */
    MatrixSource transpose() {
        return new MatrixSource(tensor, columns, rows, !transposed);
    }

    /** Decodes the block of {@code height} x {@code width} at (firstRow, firstColumn), row-major and dense, to {@code target}. */
    void read(OpenFiles files, long firstRow, int height, long firstColumn, int width, double[] target) {
        if (!transposed) {
            readStored(files, columns, firstRow, height, firstColumn, width, target);
            return;
        }
        int group = Math.max(1, Math.min(width, WINDOW / Math.max(height, 1)));
        double[] window = new double[Math.multiplyExact(group, height)];
        for (int column = 0; column < width; column += group) {
            int now = Math.min(group, width - column);
            readStored(files, rows, firstColumn + column, now, firstRow, height, window);
            for (int i = 0; i < now; i++) {
                for (int row = 0; row < height; row++) {
                    target[row * width + column + i] = window[i * height + row];
                }
            }
        }
    }

    /** The same for the tensor as it is stored, with rows of {@code stride} elements. */
    private void readStored(
            OpenFiles files, long stride, long firstRow, int height, long firstColumn, int width, double[] target) {
        if (width == stride) {
            files.readDoubles(tensor, firstRow * stride, target, 0, Math.multiplyExact(height, width));
            return;
        }
        for (int row = 0; row < height; row++) {
            files.readDoubles(tensor, (firstRow + row) * stride + firstColumn, target, row * width, width);
        }
    }
}
