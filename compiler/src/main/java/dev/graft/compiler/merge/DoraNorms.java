package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/**
 * DoRA's factors m / ‖W + s·B·A‖, one per output (Liu et al. 2024, equation 5), found in a pass of their own before the merge.
 *
 * <p>Each norm is the square root of the sum of squares in the order of the inputs, so no cut into pieces and no number of
 * threads can change it; {@link Math#sqrt} is correctly rounded everywhere.
 */
final class DoraNorms {
    private static final int PIECE_ELEMENTS = 1 << 16;

    private DoraNorms() {}

    /** The factors of all DoRA terms of these edits; equal terms of different weights have different ones, hence by identity. */
    static IdentityHashMap<LowRankTerm, double[]> factors(List<TensorEdit> edits, OpenFiles files, Workers workers) {
        IdentityHashMap<LowRankTerm, double[]> factors = new IdentityHashMap<>();
        List<Runnable> tasks = new ArrayList<>();
        for (TensorEdit edit : edits) {
            for (BlockEdit block : edit.blocks()) {
                for (LowRankTerm term : block.terms()) {
                    if (term.isDora()) {
                        WeightView view = block.view();
                        double[] each =
                                new double[Math.toIntExact(term.outputsAreRows() ? view.rows() : view.columns())];
                        factors.put(term, each);
                        addTasks(new Target(edit, block, term), each, files, tasks);
                    }
                }
            }
        }
        workers.run(tasks.size(), worker -> index -> tasks.get(index).run());
        return factors;
    }

    private record Target(TensorEdit edit, BlockEdit block, LowRankTerm term) {}

    /** One task per strip of outputs; each walks all inputs of its outputs in order. */
    private static void addTasks(Target target, double[] factors, OpenFiles files, List<Runnable> tasks) {
        long inputs = target.term.outputsAreRows()
                ? target.block.view().columns()
                : target.block.view().rows();
        int strip = (int) Math.max(16, Math.min(1024, PIECE_ELEMENTS / Math.max(inputs, 1)));
        for (int first = 0; first < factors.length; first += strip) {
            int start = first;
            int count = Math.min(strip, factors.length - first);
            tasks.add(() -> strip(target, factors, start, count, inputs, files));
        }
    }

    private static void strip(Target target, double[] factors, int first, int count, long inputs, OpenFiles files) {
        double[] squares = new double[count];
        int step = (int) Math.max(1, Math.min(inputs, PIECE_ELEMENTS / count));
        for (long input = 0; input < inputs; input += step) {
            addPiece(target, first, count, input, (int) Math.min(step, inputs - input), squares, files);
        }
        Tensor magnitude = Objects.requireNonNull(target.term.magnitude());
        double[] wanted = new double[count];
        files.readDoubles(magnitude, first, wanted, 0, count);
        for (int i = 0; i < count; i++) {
            factors[first + i] = wanted[i] / Math.sqrt(squares[i]);
            if (!Double.isFinite(factors[first + i])) {
                throw new GraftException(
                        ErrorCode.MERGE_NOT_FINITE,
                        "DoRA cannot give output " + (first + i) + " of " + target.block.module() + " the magnitude "
                                + wanted[i] + ": the norm of its weights is " + Math.sqrt(squares[i]),
                        Location.ofTensor(magnitude.file(), magnitude.name()),
                        "Check that the adapter was trained for this base.");
            }
        }
    }

    private static void addPiece(
            Target target, int first, int outputs, long input, int inputs, double[] squares, OpenFiles files) {
        boolean byRow = target.term.outputsAreRows();
        int rows = byRow ? outputs : inputs;
        int columns = byRow ? inputs : outputs;
        double[] values = changed(target, byRow ? first : input, rows, byRow ? input : first, columns, files);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = values[row * columns + column];
                int output = byRow ? row : column;
                squares[output] = squares[output] + value * value;
            }
        }
    }

    /** {@code W + s·B·A} (or the replacement in W's place) of a rectangle of the block, dense. */
    private static double[] changed(
            Target target, long firstRow, int rows, long firstColumn, int columns, OpenFiles files) {
        LowRankTerm term = target.term;
        double[] values = baseValues(target, firstRow, rows, firstColumn, columns, files);
        double[] left = new double[Math.multiplyExact(rows, term.rank())];
        term.left().read(files, firstRow, rows, 0, term.rank(), left);
        double[] right = new double[Math.multiplyExact(term.rank(), columns)];
        term.right().read(files, 0, term.rank(), firstColumn, columns, right);
        double[][] rightRows = new double[term.rank()][];
        for (int k = 0; k < rightRows.length; k++) {
            rightRows[k] = java.util.Arrays.copyOfRange(right, k * columns, (k + 1) * columns);
        }
        double[] sum = new double[columns];
        for (int row = 0; row < rows; row++) {
            SumKernel.product(left, row * term.rank(), rightRows, sum, columns);
            for (int column = 0; column < columns; column++) {
                values[row * columns + column] = values[row * columns + column] + term.scaling() * sum[column];
            }
        }
        return values;
    }

    private static double[] baseValues(
            Target target, long firstRow, int rows, long firstColumn, int columns, OpenFiles files) {
        double[] values = new double[Math.multiplyExact(rows, columns)];
        MatrixSource replacement = target.block.replacement();
        if (replacement != null) {
            replacement.read(files, firstRow, rows, firstColumn, columns, values);
            return values;
        }
        WeightView view = target.block.view();
        TensorBytes stored = new TensorBytes(target.edit.source(), files);
        stored.readDoubles(
                target.edit.tensor().dtype(),
                view.tensorColumns(),
                view.firstRow() + firstRow,
                rows,
                view.firstColumn() + firstColumn,
                columns,
                values);
        return values;
    }
}
