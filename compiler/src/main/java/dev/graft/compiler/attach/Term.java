package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.resolve.WeightView;
import org.jspecify.annotations.Nullable;

/**
 * One low-rank change of one site, or a slot for one.
 *
 * @param module the module's path
 * @param view the block of the site's weight that it changes
 * @param firstOutput the block's first output among the site's
 * @param change the change, or null for a slot
 * @param scaling the factor on B·A, the adapter's weight included
 * @param gain DoRA's factor per output, or null
 */
record Term(
        String module,
        WeightView view,
        int firstOutput,
        @Nullable LowRankChange change,
        double scaling,
        double @Nullable [] gain) {
    int rank() {
        return change == null ? 0 : Math.toIntExact(change.rank());
    }

    int outputs() {
        return Math.toIntExact(
                change == null ? view.outputs() : change.matrixShapeOfB().dim(0));
    }

    /** A as the graph has it, [in, rank]. */
    Matrix a() {
        return change == null
                ? new Matrix(view.inputs(), 0)
                : Matrix.of(change.a()).transposed();
    }

    /** B with the scaling (and DoRA's gain) as the graph has it, [rank, out]. */
    Matrix b() {
        if (change == null) {
            return new Matrix(0, view.outputs());
        }
        Matrix scaled = Matrix.of(change.b()).transposed().scaled(scaling);
        return gain == null ? scaled : scaled.withColumnsScaled(gain);
    }
}
