package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.TensorIndex;

/**
 * A stored tensor, or the part of one, as a matrix.
 *
 * <p>The tensor is seen as a row-major matrix with {@code tensorColumns} columns; the view is the block of it that starts at
 * ({@code firstRow}, {@code firstColumn}). A whole weight is the block that covers everything. A slice of a packed qkv weight stored
 * [in, q+k+v] is a block of columns; stored [q+k+v, in], of rows.
 *
 * @param tensor the stored tensor
 * @param orientation what rows and columns mean
 * @param tensorColumns the length of a row of the stored tensor
 * @param firstRow the block's first row
 * @param rows the block's rows
 * @param firstColumn the block's first column
 * @param columns the block's columns
 */
public record WeightView(
        TensorIndex tensor,
        Orientation orientation,
        long tensorColumns,
        long firstRow,
        long rows,
        long firstColumn,
        long columns) {
    /** A whole tensor as a matrix of its first dimension by all others ([n] is a row). */
    public static WeightView whole(TensorIndex tensor, Orientation orientation) {
        long rows = tensor.shape().rank() < 2 ? 1 : tensor.shape().dim(0);
        long columns = rows == 0 ? 0 : tensor.shape().elements() / rows;
        return new WeightView(tensor, orientation, columns, 0, rows, 0, columns);
    }

    /** The number of outputs of the block. */
    public long outputs() {
        return orientation == Orientation.OUT_IN ? rows : columns;
    }

    /** The number of inputs of the block (for a Conv: in / groups times the kernel's size). */
    public long inputs() {
        return orientation == Orientation.OUT_IN ? columns : rows;
    }

    /** The block of outputs from {@code first} on. */
    public WeightView sliceOutputs(long first, long count) {
        return orientation == Orientation.OUT_IN
                ? new WeightView(tensor, orientation, tensorColumns, firstRow + first, count, firstColumn, columns)
                : new WeightView(tensor, orientation, tensorColumns, firstRow, rows, firstColumn + first, count);
    }

    /** The same block, its rows and columns read the other way. */
    public WeightView withOrientation(Orientation other) {
        return new WeightView(tensor, other, tensorColumns, firstRow, rows, firstColumn, columns);
    }

    /** Whether the block is the whole tensor. */
    public boolean isWhole() {
        return rows * columns == tensor.shape().elements();
    }
}
