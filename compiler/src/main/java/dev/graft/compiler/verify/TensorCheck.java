package dev.graft.compiler.verify;

import dev.graft.compiler.merge.ExpectedTensor;
import dev.graft.compiler.merge.ExpectedTensor.Variant;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Holds a tensor against the expected one, piece by piece; pieces may be checked by several threads. */
final class TensorCheck {
    private final ExpectedTensor expected;
    private final MergedTensor found;
    private final List<BlockCheck> blocks = new ArrayList<>();
    private long outside;
    private long firstOutsideByte = Long.MAX_VALUE;

    TensorCheck(ExpectedTensor expected, MergedTensor found) {
        this.expected = expected;
        this.found = found;
        for (int i = 0; i < expected.blocks().size(); i++) {
            blocks.add(new BlockCheck(expected, found, i));
        }
    }

    List<BlockCheck> blocks() {
        return blocks;
    }

    void checkPiece(int index) {
        ExpectedTensor.Piece piece = expected.piece(index);
        double[] values = found.read(piece.firstRow(), piece.rows(), piece.firstColumn(), piece.columns());
        for (BlockCheck block : blocks) {
            checkBlock(block, piece, values);
        }
        checkOutside(piece, values);
    }

    private void checkBlock(BlockCheck block, ExpectedTensor.Piece piece, double[] values) {
        WeightView view = block.block().view();
        long firstRow = Math.max(view.firstRow(), piece.firstRow());
        long endRow = Math.min(view.firstRow() + view.rows(), piece.firstRow() + piece.rows());
        long firstColumn = Math.max(view.firstColumn(), piece.firstColumn());
        long endColumn = Math.min(view.firstColumn() + view.columns(), piece.firstColumn() + piece.columns());
        int width = (int) Math.max(0, endColumn - firstColumn);
        for (long row = firstRow; row < endRow; row++) {
            checkRow(block, piece, values, row, firstColumn, width);
        }
    }

    private void checkRow(
            BlockCheck block, ExpectedTensor.Piece piece, double[] values, long row, long column, int width) {
        int start = (int) (row - piece.firstRow()) * piece.columns() + (int) (column - piece.firstColumn());
        int same = 0;
        for (int j = 0; j < width; j++) {
            same += values[start + j] == piece.after()[start + j] ? 1 : 0;
        }
        double[] magnitudes = same == width ? new double[0] : magnitudes(block, row, column, width);
        synchronized (this) {
            block.addExact(same);
            for (int j = 0; j < magnitudes.length; j++) {
                double is = values[start + j];
                double wanted = piece.after()[start + j];
                if (is != wanted) {
                    // DoRA scales the weight itself, so the merged value counts like the base's
                    double weight = Math.max(Math.abs(piece.before()[start + j]), Math.abs(wanted));
                    double bound =
                            WeightBound.of(found.index().dtype(), block.block().rank(), weight, magnitudes[j]);
                    block.addDiffering(row, column + j, Math.abs(is - wanted), bound);
                }
            }
        }
    }

    private double[] magnitudes(BlockCheck block, long row, long column, int width) {
        WeightView view = block.block().view();
        return expected.change(
                block.number(), Variant.MAGNITUDE, row - view.firstRow(), 1, column - view.firstColumn(), width);
    }

    /** Elements that belong to no block must be the base's. */
    private void checkOutside(ExpectedTensor.Piece piece, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] != piece.before()[i]) {
                long row = piece.firstRow() + i / piece.columns();
                long column = piece.firstColumn() + i % piece.columns();
                if (blocks.stream().noneMatch(block -> block.contains(row, column))) {
                    addOutside(found.byteOf(row, column));
                }
            }
        }
    }

    private synchronized void addOutside(long place) {
        outside++;
        firstOutsideByte = Math.min(firstOutsideByte, place);
    }

    /** What differs in the tensor outside the blocks that change. */
    Optional<Finding> outside() {
        String name = found.index().name();
        return outside == 0
                ? Optional.empty()
                : Optional.of(new Finding(
                        Finding.Kind.OUTSIDE_TARGETS,
                        name,
                        outside + " elements of '" + name + "' differ from the base outside the parts that change",
                        new Location(found.index().runs().get(0).file(), firstOutsideByte, name, null)));
    }
}
