package dev.graft.compiler.verify;

import dev.graft.compiler.merge.ExpectedTensor;
import java.util.Optional;
import java.util.OptionalDouble;

/** What was counted in one block of a tensor. Its counts are guarded by the tensor's check. */
final class BlockCheck {
    private final ExpectedTensor expected;
    private final MergedTensor found;
    private final int number;
    private final ExpectedTensor.Block block;
    private long exact;
    private long withinBound;
    private long wrong;
    private double worstError;
    private long firstWrongRow = -1;
    private long firstWrongColumn = -1;
    private final ChangeStrength strength = new ChangeStrength();

    BlockCheck(ExpectedTensor expected, MergedTensor found, int number) {
        this.expected = expected;
        this.found = found;
        this.number = number;
        this.block = expected.blocks().get(number);
    }

    ExpectedTensor expected() {
        return expected;
    }

    MergedTensor found() {
        return found;
    }

    int number() {
        return number;
    }

    ExpectedTensor.Block block() {
        return block;
    }

    String module() {
        return block.module();
    }

    long wrong() {
        return wrong;
    }

    long elements() {
        return block.view().rows() * block.view().columns();
    }

    /** The place of the first wrong element, counted in the tensor. */
    long firstWrongRow() {
        return firstWrongRow;
    }

    long firstWrongColumn() {
        return firstWrongColumn;
    }

    boolean contains(long row, long column) {
        return row >= block.view().firstRow()
                && row < block.view().firstRow() + block.view().rows()
                && column >= block.view().firstColumn()
                && column < block.view().firstColumn() + block.view().columns();
    }

    /** Counts what a piece shows of the change as a whole. */
    void addStrength(ChangeStrength ofPiece) {
        strength.add(ofPiece);
    }

    /** How much of the change there is, if all elements pass one by one and still do not together. */
    OptionalDouble wrongFactor() {
        return wrong == 0 && withinBound > 0 ? strength.wrongFactor() : OptionalDouble.empty();
    }

    void addExact(long count) {
        exact += count;
    }

    void addDiffering(long row, long column, double error, double bound) {
        worstError = Math.max(worstError, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
        if (error <= bound) {
            withinBound++;
            return;
        }
        wrong++;
        boolean earlier = firstWrongRow < 0 || row < firstWrongRow || row == firstWrongRow && column < firstWrongColumn;
        if (earlier) {
            firstWrongRow = row;
            firstWrongColumn = column;
        }
    }

    TargetProof proof(Optional<Finding> finding) {
        boolean together = wrongFactor().isEmpty();
        return new TargetProof(
                module(),
                found.index().name(),
                elements(),
                exact,
                together ? withinBound : 0,
                together ? wrong : withinBound,
                worstError,
                finding);
    }
}
