package dev.graft.compiler.merge;

/**
 * What was found in a block, or in the part of it that one unit covers.
 *
 * @param squaresOfWeight the sum of squares of the values before
 * @param squaresOfDelta the sum of squares of the exact change
 * @param changed elements whose bytes changed
 * @param lost elements whose exact change is not zero and whose bytes did not change
 */
record BlockStatistics(double squaresOfWeight, double squaresOfDelta, long changed, long lost) {
    static final BlockStatistics NONE = new BlockStatistics(0, 0, 0, 0);

    BlockStatistics plus(BlockStatistics next) {
        return new BlockStatistics(
                squaresOfWeight + next.squaresOfWeight,
                squaresOfDelta + next.squaresOfDelta,
                changed + next.changed,
                lost + next.lost);
    }
}
