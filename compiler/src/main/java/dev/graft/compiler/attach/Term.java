package dev.graft.compiler.attach;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import org.jspecify.annotations.Nullable;

/**
 * One change of one site, or a slot for one.
 *
 * @param module the module's path
 * @param view the block of the site's weight that it changes
 * @param firstOutput the block's first output among the site's
 * @param change the low-rank change, or null for a slot and for a replacement
 * @param replacement a replacement as factors, or null
 * @param scaling the factor on B·A, the adapter's weight included
 * @param gain DoRA's factor per output, or null
 */
record Term(
        String module,
        WeightView view,
        int firstOutput,
        @Nullable LowRankChange change,
        @Nullable Factors replacement,
        double scaling,
        double @Nullable [] gain) {
    static Term ofChange(WeightView view, int firstOutput, LowRankChange change, double scaling) {
        double[] gain = change.isDora() ? DoraGain.of(view, change, scaling) : null;
        return new Term(change.module(), view, firstOutput, change, null, scaling, gain);
    }

    static Term ofReplacement(String module, WeightView view, int firstOutput, Factors factors) {
        return new Term(module, view, firstOutput, null, factors, 1, null);
    }

    static Term ofSlot(Slot slot, int firstOutput) {
        boolean table = slot.site().kind() == SiteKind.GATHER;
        WeightView view = table ? flipped(slot.view()) : slot.view();
        return new Term(slot.module(), view, firstOutput, null, null, 1, null);
    }

    /** An embedding as a product: what selects a row goes in, and what is in the row comes out. */
    private static WeightView flipped(WeightView view) {
        return view.withOrientation(view.orientation() == Orientation.OUT_IN ? Orientation.IN_OUT : Orientation.OUT_IN);
    }

    int rank() {
        if (replacement != null) {
            return replacement.a().columns();
        }
        return change == null ? 0 : Math.toIntExact(change.rank());
    }

    int outputs() {
        if (replacement != null) {
            return replacement.b().columns();
        }
        return Math.toIntExact(
                change == null ? view.outputs() : change.matrixShapeOfB().dim(0));
    }

    /** A as the graph has it, [in, rank]. */
    Matrix a() {
        if (replacement != null) {
            return replacement.a();
        }
        return change == null
                ? new Matrix(view.inputs(), 0)
                : Matrix.of(change.a()).transposed();
    }

    /** B with the scaling and DoRA's gain as the graph has it, [rank, out]. */
    Matrix b() {
        return gain == null ? bWithoutGain() : bWithoutGain().withColumnsScaled(gain);
    }

    /** B with the scaling, [rank, out]. */
    Matrix bWithoutGain() {
        if (replacement != null) {
            return replacement.b();
        }
        return change == null
                ? new Matrix(0, view.outputs())
                : Matrix.of(change.b()).transposed().scaled(scaling);
    }
}
