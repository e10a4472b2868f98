package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.WeightView;
import dev.graft.tensor.DType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Computes the merged bytes of units, in the place of the base's; one per worker.
 *
 * <p>Per element: {@code delta = s1·(B1·A1) + s2·(B2·A2) + ...} in the order of the adapters, {@code W' = round(W + delta)}. DoRA's
 * own delta is {@code (W + s·B·A) · m/norm - W}, with the norm of the base alone, so that adapters stay independent of each other.
 */
final class UnitComputer {
    private static final int LONGEST_TILE = 512;

    private final OpenFiles files;
    private final IdentityHashMap<LowRankTerm, double[]> doraFactors;
    private final double[] weights = new double[LONGEST_TILE];
    private final double[] sum = new double[LONGEST_TILE];
    private final double[] delta = new double[LONGEST_TILE];
    private final double[] total = new double[LONGEST_TILE];
    private final double[] otherSum = new double[LONGEST_TILE];
    private final double[] otherDelta = new double[LONGEST_TILE];
    private final SumKernel.Squares squares = new SumKernel.Squares(new double[LONGEST_TILE], new double[LONGEST_TILE]);

    /** @param doraFactors by DoRA term, m / norm per output */
    UnitComputer(OpenFiles files, IdentityHashMap<LowRankTerm, double[]> doraFactors) {
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
        java.util.Arrays.fill(squares.ofWeight(), 0, count, 0);
        java.util.Arrays.fill(squares.ofDelta(), 0, count, 0);
        rounder.resetCounts();
        int rows = (int) (to - from);
        if (edit.isPlainSum()) {
            for (int row = 0; row < rows; row += 2) {
                int other = Math.min(row + 1, rows - 1);
                sumTerms(edit, tile, left, row, other, count);
                finishSum(unit, tile, from + row, delta, rounder);
                if (other > row) {
                    finishSum(unit, tile, from + other, otherDelta, rounder);
                }
            }
        } else {
            RowValues values = RowValues.load(edit, tile, from, to, files);
            for (int row = 0; row < rows; row++) {
                finishMix(unit, edit, tile, left, from, row, values, rounder);
            }
        }
        if (mayOverflow(unit.edit().tensor().dtype(), count)) {
            requireFinite(unit, edit, tile, from, to, rounder);
        }
        return new BlockStatistics(
                sumOf(squares.ofWeight(), count), sumOf(squares.ofDelta(), count), rounder.changed(), rounder.lost());
    }

    /** The exact changes of two rows, to {@code delta} and {@code otherDelta}. */
    private void sumTerms(BlockEdit edit, Panel.RightTile tile, double[][] left, int row, int other, int count) {
        for (int term = 0; term < left.length; term++) {
            LowRankTerm each = edit.terms().get(term);
            int rank = each.rank();
            SumKernel.product(left[term], row * rank, other * rank, tile.factors()[term], sum, otherSum, count);
            if (term == 0) {
                SumKernel.scale(each.scaling(), sum, delta, count);
                SumKernel.scale(each.scaling(), otherSum, otherDelta, count);
            } else {
                SumKernel.addScaled(each.scaling(), sum, delta, count);
                SumKernel.addScaled(each.scaling(), otherSum, otherDelta, count);
            }
        }
    }

    private void finishSum(Unit unit, Panel.RightTile tile, long row, double[] change, Rounder rounder) {
        int count = tile.columns();
        rounder.load(elementOf(unit, tile, row), weights, count);
        SumKernel.add(weights, change, total, squares, count);
        rounder.store(weights, change, total, count);
    }

    private void finishMix(
            Unit unit,
            BlockEdit edit,
            Panel.RightTile tile,
            double[][] left,
            long from,
            int row,
            RowValues values,
            Rounder rounder) {
        int count = tile.columns();
        rounder.load(elementOf(unit, tile, from + row), weights, count);
        mixTerms(edit, tile, left, row, from + row - edit.view().firstRow(), values, count);
        SumKernel.subtract(total, weights, delta, count);
        SumKernel.addSquares(weights, squares.ofWeight(), count);
        SumKernel.addSquares(delta, squares.ofDelta(), count);
        rounder.store(weights, delta, total, count);
    }

    /** Whether the squares of the tile leave it open that a value is beyond the type's range, or no number. */
    private boolean mayOverflow(DType dtype, int count) {
        double limit = dtype == DType.FLOAT16 ? 1e9 : dtype == DType.FLOAT64 ? 1e300 : 1e75;
        for (int j = 0; j < count; j++) {
            if (!(squares.ofWeight()[j] < limit && squares.ofDelta()[j] < limit)) {
                return true;
            }
        }
        return false;
    }

    private void requireFinite(Unit unit, BlockEdit edit, Panel.RightTile tile, long from, long to, Rounder rounder) {
        for (long row = from; row < to; row++) {
            int bad = rounder.firstNotFinite(elementOf(unit, tile, row), tile.columns());
            if (bad >= 0) {
                throw new NotFiniteElement(unit.edit(), edit, row, tile.firstColumn() + bad).explain(files);
            }
        }
    }

    private static int elementOf(Unit unit, Panel.RightTile tile, long row) {
        return (int) (row - unit.firstRow()) * unit.panel().columns()
                + (int) (tile.firstColumn() - unit.panel().firstColumn());
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
}
