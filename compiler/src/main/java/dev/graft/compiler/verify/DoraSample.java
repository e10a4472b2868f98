package dev.graft.compiler.verify;

import dev.graft.compiler.merge.ExpectedTensor;
import dev.graft.compiler.resolve.WeightView;

/** The change of a block that is more than a sum of products, taken from the computed pieces. */
final class DoraSample {
    private DoraSample() {}

    /** The change of the first rows and columns of the block, row-major and dense. */
    static double[] change(BlockCheck block, int rows, int columns) {
        WeightView view = block.block().view();
        double[] change = new double[Math.multiplyExact(rows, columns)];
        for (int index = 0; index < block.expected().pieces(); index++) {
            copy(block.expected().piece(index), view, rows, columns, change);
        }
        return change;
    }

    private static void copy(ExpectedTensor.Piece piece, WeightView view, int rows, int columns, double[] change) {
        for (int i = 0; i < piece.after().length; i++) {
            long row = piece.firstRow() + i / piece.columns() - view.firstRow();
            long column = piece.firstColumn() + i % piece.columns() - view.firstColumn();
            if (row >= 0 && row < rows && column >= 0 && column < columns) {
                change[(int) (row * columns + column)] = piece.after()[i] - piece.before()[i];
            }
        }
    }
}
