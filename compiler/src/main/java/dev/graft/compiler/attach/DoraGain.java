package dev.graft.compiler.attach;

import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.Objects;

/**
 * DoRA's factor per output, {@code m / ‖W + s·B·A‖} (Liu et al. 2024, equation 5), from the stored weight, row by row in double:
 * {@code y = g ⊙ (W·x) + g·s·B·(A·x)} is then exactly the layer with the weight {@code m · (W + s·B·A) / ‖W + s·B·A‖}.
 */
final class DoraGain {
    private final WeightView view;
    private final Matrix left;
    private final Matrix right;
    private final double scaling;
    private final boolean normsOfRows;
    private final double[] squares;

    private DoraGain(WeightView view, LowRankChange change, double scaling) {
        boolean lookup = change.kind() == LayerKind.EMBEDDING;
        boolean outputsAreRows = view.orientation() == Orientation.OUT_IN && !lookup
                || view.orientation() == Orientation.IN_OUT && lookup;
        Matrix a = Matrix.of(change.a());
        Matrix b = Matrix.of(change.b());
        this.view = view;
        this.scaling = scaling;
        this.normsOfRows = outputsAreRows;
        this.left = outputsAreRows ? b : a.transposed();
        this.right = outputsAreRows ? a : b.transposed();
        this.squares = new double[Math.toIntExact(outputsAreRows ? view.rows() : view.columns())];
    }

    /**
     * The factors of a DoRA change.
     *
     * @param view the block of the weight as it is stored
     * @throws GraftException {@code ATTACH_UNSUPPORTED} if the weight is not stored as one run of floats, {@code MERGE_NOT_FINITE}
     */
    static double[] of(WeightView view, LowRankChange change, double scaling) {
        Tensor stored = view.tensor()
                .tensor()
                .filter(tensor -> tensor.dtype().isFloat())
                .orElseThrow(() -> new GraftException(
                        ErrorCode.ATTACH_UNSUPPORTED,
                        "DoRA needs the norm of the weight, which is quantised or not stored in one piece",
                        Location.ofTensor(null, view.tensor().name()),
                        "Attach to the floating-point base, or train a LoRA without use_dora."));
        return new DoraGain(view, change, scaling).compute(stored, change);
    }

    private double[] compute(Tensor stored, LowRankChange change) {
        double[] row = new double[Math.toIntExact(view.columns())];
        for (int i = 0; i < left.rows(); i++) {
            stored.readDoubles((view.firstRow() + i) * view.tensorColumns() + view.firstColumn(), row, 0, row.length);
            addDelta(i, row);
            for (int j = 0; j < row.length; j++) {
                squares[normsOfRows ? i : j] += row[j] * row[j];
            }
        }
        double[] magnitude = Objects.requireNonNull(change.magnitude()).toDoubles();
        double[] gains = new double[squares.length];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = magnitude[i] / Math.sqrt(squares[i]);
            requireFinite(gains[i], i, change);
        }
        return gains;
    }

    private void addDelta(int i, double[] row) {
        for (int k = 0; k < left.columns(); k++) {
            double factor = scaling * left.at(i, k);
            for (int j = 0; j < row.length; j++) {
                row[j] += factor * right.at(k, j);
            }
        }
    }

    private static void requireFinite(double gain, int output, LowRankChange change) {
        if (!Double.isFinite(gain)) {
            throw new GraftException(
                    ErrorCode.MERGE_NOT_FINITE,
                    "DoRA's factor of output " + output + " of " + change.module() + " is " + gain,
                    Location.NONE,
                    "Check that the adapter was trained for this base.");
        }
    }
}
