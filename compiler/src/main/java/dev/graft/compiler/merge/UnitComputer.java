package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Computes the merged bytes of units, in the place of the base's; one per worker.
 *
 * <p>Per element: {@code delta = s1·(B1·A1) + s2·(B2·A2) + ...} in the order of the adapters, {@code W' = round(W + delta)}. DoRA's
 * own delta is {@code (W + s·B·A) · m/norm - W}, with the norm of the base alone, so that adapters stay independent of each other.
 */
final class UnitComputer {
    private static final int LONGEST_TILE = 512;

    private final OpenFiles files;
    private final Map<LowRankTerm, double[]> doraFactors;
    private final double[] weights = new double[LONGEST_TILE];
    private final double[] sum = new double[LONGEST_TILE];
    private final double[] delta = new double[LONGEST_TILE];
    private final double[] total = new double[LONGEST_TILE];
    private final double[] squaresOfWeight = new double[LONGEST_TILE];
    private final double[] squaresOfDelta = new double[LONGEST_TILE];

    /** @param doraFactors by DoRA term, m / norm per output */
    UnitComputer(OpenFiles files, Map<LowRankTerm, double[]> doraFactors) {
        this.files = files;
        this.doraFactors = doraFactors;
    }

    /**
     * Turns the base's elements of a unit into the merged ones.
     *
     * @param buffer the unit's elements from position 0 on, row-major and dense, little-endian
     * @return per block of the tensor what was found in this unit
     */
    List<BlockStatistics> compute(Unit unit, ByteBuffer buffer) {
        Rounder rounder = new Rounder(unit.edit().tensor().dtype(), buffer, LONGEST_TILE);
        List<BlockStatistics> statistics = new ArrayList<>();
        for (int block = 0; block < unit.edit().blocks().size(); block++) {
            statistics.add(compute(unit, block, rounder));
        }
        return statistics;
    }

    private BlockStatistics compute(Unit unit, int block, Rounder rounder) {
        BlockEdit edit = unit.edit().blocks().get(block);
        WeightView view = edit.view();
        long from = Math.max(view.firstRow(), unit.firstRow());
        long to = Math.min(view.firstRow() + view.rows(), unit.firstRow() + unit.rows());
        List<Panel.RightTile> tiles = from < to ? unit.panel().tiles(block, files) : List.of();
        if (tiles.isEmpty()) {
            return BlockStatistics.NONE;
        }
        double[][] left = leftFactors(edit, from - view.firstRow(), (int) (to - from));
        BlockStatistics statistics = BlockStatistics.NONE;
        for (Panel.RightTile tile : tiles) {
            statistics = statistics.plus(computeTile(unit, edit, tile, left, from, to, rounder));
        }
        return statistics;
    }

    private double[][] leftFactors(BlockEdit edit, long firstRow, int rows) {
        double[][] left = new double[edit.terms().size()][];
        for (int term = 0; term < left.length; term++) {
            LowRankTerm each = edit.terms().get(term);
            left[term] = new double[Math.multiplyExact(rows, each.rank())];
            each.left().read(files, firstRow, rows, 0, each.rank(), left[term]);
        }
        return left;
    }

    private BlockStatistics computeTile(
            Unit unit, BlockEdit edit, Panel.RightTile tile, double[][] left, long from, long to, Rounder rounder) {
        int count = tile.columns();
        java.util.Arrays.fill(squaresOfWeight, 0, count, 0);
        java.util.Arrays.fill(squaresOfDelta, 0, count, 0);
        rounder.resetCounts();
        boolean plain = edit.isPlainSum();
        RowValues values = plain ? RowValues.NONE : RowValues.load(edit, tile, from, to, files);
        int offset = (int) (tile.firstColumn() - unit.panel().firstColumn());
        for (long row = from; row < to; row++) {
            rounder.load((int) (row - unit.firstRow()) * unit.panel().columns() + offset, weights, count);
            if (plain) {
                sumTerms(edit, tile, left, (int) (row - from), count);
                SumKernel.add(weights, delta, total, count);
            } else {
                mixTerms(edit, tile, left, (int) (row - from), row - edit.view().firstRow(), values, count);
                SumKernel.subtract(total, weights, delta, count);
            }
            SumKernel.addSquares(weights, squaresOfWeight, count);
            SumKernel.addSquares(delta, squaresOfDelta, count);
            int bad = rounder.store(weights, delta, total, count);
            if (bad >= 0) {
                throw notFinite(unit, row, tile.firstColumn() + bad, weights[bad], total[bad]);
            }
        }
        return new BlockStatistics(
                sumOf(squaresOfWeight, count), sumOf(squaresOfDelta, count), rounder.changed(), rounder.lost());
    }

    private void sumTerms(BlockEdit edit, Panel.RightTile tile, double[][] left, int row, int count) {
        for (int term = 0; term < left.length; term++) {
            LowRankTerm each = edit.terms().get(term);
            SumKernel.product(left[term], row * each.rank(), tile.factors()[term], sum, count);
            if (term == 0) {
                SumKernel.scale(each.scaling(), sum, delta, count);
            } else {
                SumKernel.addScaled(each.scaling(), sum, delta, count);
            }
        }
    }

    /** Replacement, DoRA and row patches: the new values go to {@code total}. */
    private void mixTerms(
            BlockEdit edit,
            Panel.RightTile tile,
            double[][] left,
            int row,
            long blockRow,
            RowValues values,
            int count) {
        if (values.patch(row, total, count)) {
            return;
        }
        System.arraycopy(weights, 0, total, 0, count);
        values.replace(row, total, count);
        // DoRA scales W + its own delta and nothing else, so it goes first
        for (int term = 0; term < left.length; term++) {
            LowRankTerm each = edit.terms().get(term);
            if (each.isDora()) {
                SumKernel.product(left[term], row * each.rank(), tile.factors()[term], sum, count);
                applyDora(each, blockRow, tile.firstColumn() - edit.view().firstColumn(), count);
            }
        }
        for (int term = 0; term < left.length; term++) {
            LowRankTerm each = edit.terms().get(term);
            if (!each.isDora()) {
                SumKernel.product(left[term], row * each.rank(), tile.factors()[term], sum, count);
                SumKernel.addScaled(each.scaling(), sum, total, count);
            }
        }
    }

    private void applyDora(LowRankTerm term, long row, long firstColumn, int count) {
        SumKernel.addScaled(term.scaling(), sum, total, count);
        double[] factors = java.util.Objects.requireNonNull(doraFactors.get(term));
        for (int j = 0; j < count; j++) {
            total[j] = total[j] * factors[(int) (term.outputsAreRows() ? row : firstColumn + j)];
        }
    }

    private static double sumOf(double[] values, int count) {
        double sum = 0;
        for (int j = 0; j < count; j++) {
            sum += values[j];
        }
        return sum;
    }

    private static GraftException notFinite(Unit unit, long row, long column, double before, double after) {
        TensorIndex tensor = unit.edit().tensor();
        String reason = Double.isFinite(before)
                ? "the merged value " + after + " does not fit into "
                        + tensor.dtype().displayName()
                : "the base's own value is " + before;
        return new GraftException(
                ErrorCode.MERGE_NOT_FINITE,
                "element [" + row + ", " + column + "] is not finite: " + reason,
                Location.ofTensor(tensor.proto().file(), tensor.name()),
                "Check the adapter's scaling and that it was trained for this base.");
    }
}
