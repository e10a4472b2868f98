package dev.graft.compiler.attach;

import dev.graft.adapter.RowReplacement;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;

/**
 * A replaced weight as a low-rank change: what it adds to the base's is a matrix of some rank at most min(in, out), so with an identity
 * as the other factor it fits the same inputs as any adapter. The base stays as it is, and without the adapter so do its outputs.
 */
final class ReplacementFactors {
    private ReplacementFactors() {}

    /**
     * The factors of a replaced weight or of replaced rows.
     *
     * @param base the stored tensor as it is
     * @param replaced the same tensor with the replacement
     */
    static Factors of(Binding binding, Tensor base, Tensor replaced) {
        requireProduct(binding);
        if (binding.change() instanceof RowReplacement rows) {
            return ofRows(binding, base, replaced, rows);
        }
        Matrix delta = inputsFirst(binding, difference(binding, base, replaced));
        return delta.rows() <= delta.columns()
                ? new Factors(Matrix.identity(delta.rows()), delta)
                : new Factors(delta, Matrix.identity(delta.columns()));
    }

    /** One rank per row: A picks the row, B is what the row gets. */
    private static Factors ofRows(Binding binding, Tensor base, Tensor replaced, RowReplacement rows) {
        int columns = Math.toIntExact(binding.view().columns());
        Matrix a = new Matrix(binding.view().rows(), rows.rows().size());
        Matrix b = new Matrix(rows.rows().size(), columns);
        for (int i = 0; i < rows.rows().size(); i++) {
            long row = rows.rows().get(i);
            a.set(Math.toIntExact(row), i, 1);
            double[] before = new double[columns];
            double[] after = new double[columns];
            base.readDoubles(row * columns, before, 0, columns);
            replaced.readDoubles(row * columns, after, 0, columns);
            for (int j = 0; j < columns; j++) {
                b.set(i, j, after[j] - before[j]);
            }
        }
        return new Factors(a, b);
    }

    /** What is added to the block, as it is stored. */
    private static Matrix difference(Binding binding, Tensor base, Tensor replaced) {
        WeightView view = binding.view();
        int columns = Math.toIntExact(view.columns());
        Matrix delta = new Matrix(view.rows(), columns);
        double[] before = new double[columns];
        double[] after = new double[columns];
        for (int row = 0; row < delta.rows(); row++) {
            long first = (view.firstRow() + row) * view.tensorColumns() + view.firstColumn();
            base.readDoubles(first, before, 0, columns);
            replaced.readDoubles(first, after, 0, columns);
            for (int j = 0; j < columns; j++) {
                delta.set(row, j, after[j] - before[j]);
            }
        }
        return delta;
    }

    private static Matrix inputsFirst(Binding binding, Matrix stored) {
        boolean rowsAreOutputs = binding.view().orientation() == Orientation.OUT_IN
                && binding.site().kind() != SiteKind.GATHER;
        return rowsAreOutputs ? stored.transposed() : stored;
    }

    private static void requireProduct(Binding binding) {
        switch (binding.site().kind()) {
            case MATMUL, GEMM, GATHER -> {}
            default ->
                throw new GraftException(
                        ErrorCode.ATTACH_UNSUPPORTED,
                        binding.module() + " has a replaced tensor that is read by "
                                + binding.site().node().opType()
                                + ": as an input it would not be constant any more, and the base would be computed differently",
                        Location.ofNode(null, binding.site().node().displayName()),
                        "Use --style constant, or merge.");
        }
    }
}
