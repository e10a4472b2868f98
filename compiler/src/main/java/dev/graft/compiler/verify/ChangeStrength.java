package dev.graft.compiler.verify;

import java.util.OptionalDouble;

/**
 * How much of a wanted change a weight shows as a whole, where each of its elements is within the bound.
 *
 * <p>In 16 bits a change is often smaller than what an element may be off by, so a weight without its change, or with twice of it, passes element by element. Over
 * many elements roundings cancel out and the least-squares factor of (found - base) on (wanted - base) shows what was done: about 1 for every correct way of
 * computing, 0 where the change was left out, 2 where it was merged twice. Both differences are between stored, that is rounded, numbers, so that a change which
 * rounds away does not count as left out.
 */
public final class ChangeStrength {
    /** Elements that must have moved for the factor to mean something: next to a tie, correct ways of computing may part. */
    private static final int FEWEST = 32;

    /** How far the factor may be from 1; products in half precision cost a few percent. */
    private static final double MOST_OFF = 0.25;

    private double product;
    private double square;
    private long moved;

    /** Counts an element. */
    public void add(double base, double wanted, double found) {
        double change = wanted - base;
        if (change != 0) {
            product += change * (found - base);
            square += change * change;
            moved++;
        }
    }

    /** Counts what another one has counted. */
    void add(ChangeStrength other) {
        product += other.product;
        square += other.square;
        moved += other.moved;
    }

    /** The factor, if it is not that of a correct merge; empty for a correct one and where there is too little to tell. */
    public OptionalDouble wrongFactor() {
        double factor = product / square;
        return moved >= FEWEST && Math.abs(factor - 1) > MOST_OFF ? OptionalDouble.of(factor) : OptionalDouble.empty();
    }
}
