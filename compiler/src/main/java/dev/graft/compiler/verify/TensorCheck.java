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

    /** The part of a block that a piece covers, counted in the tensor. */
    private record Part(long firstRow, int rows, long firstColumn, int columns) {
        static Part of(WeightView view, ExpectedTensor.Piece piece) {
            long firstRow = Math.max(view.firstRow(), piece.firstRow());
            long endRow = Math.min(view.firstRow() + view.rows(), piece.firstRow() + piece.rows());
            long firstColumn = Math.max(view.firstColumn(), piece.firstColumn());
            long endColumn = Math.min(view.firstColumn() + view.columns(), piece.firstColumn() + piece.columns());
            return new Part(firstRow, (int) Math.max(0, endRow - firstRow), firstColumn, (int)
                    Math.max(0, endColumn - firstColumn));
        }

        int placeIn(ExpectedTensor.Piece piece, int row) {
            return (int) (firstRow + row - piece.firstRow()) * piece.columns()
                    + (int) (firstColumn - piece.firstColumn());
        }
    }

    private void checkBlock(BlockCheck block, ExpectedTensor.Piece piece, double[] values) {
        Part part = Part.of(block.block().view(), piece);
        long same = 0;
        ChangeStrength strength = new ChangeStrength();
        for (int row = 0; row < part.rows; row++) {
            int start = part.placeIn(piece, row);
            for (int j = start; j < start + part.columns; j++) {
                same += values[j] == piece.after()[j] ? 1 : 0;
                strength.add(piece.before()[j], piece.after()[j], values[j]);
            }
        }
        long differing = (long) part.rows * part.columns - same;
        double[] magnitudes = differing == 0 ? new double[0] : magnitudes(block, part);
        synchronized (this) {
            block.addExact(same);
            block.addStrength(strength);
            for (int i = 0; i < magnitudes.length; i++) {
                int at = part.placeIn(piece, i / part.columns) + i % part.columns;
                if (values[at] != piece.after()[at]) {
                    addDiffering(block, part, i, piece.before()[at], piece.after()[at], values[at], magnitudes[i]);
                }
            }
        }
    }

    private void addDiffering(
            BlockCheck block, Part part, int index, double before, double wanted, double is, double magnitude) {
        // DoRA scales the weight itself, so the merged value counts like the base's
        double weight = Math.max(Math.abs(before), Math.abs(wanted));
        double bound = WeightBound.of(found.index().dtype(), block.block().rank(), weight, magnitude);
        block.addDiffering(
                part.firstRow + index / part.columns,
                part.firstColumn + index % part.columns,
                Math.abs(is - wanted),
                bound);
    }

    private double[] magnitudes(BlockCheck block, Part part) {
        WeightView view = block.block().view();
        return expected.change(
                block.number(),
                Variant.MAGNITUDE,
                part.firstRow - view.firstRow(),
                part.rows,
                part.firstColumn - view.firstColumn(),
                part.columns);
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
