package dev.graft.compiler.attach;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;

/**
 * How much room a batched model has for adapters.
 *
 * @param slots adapters that are there at a time; the base is slot 0 and not counted
 * @param maxRank the largest rank that a slot takes; smaller ones are filled up with zeros
 */
public record SlotCapacity(int slots, int maxRank) {
    /** Eight adapters of up to rank 16. */
    public static final SlotCapacity DEFAULT = new SlotCapacity(8, 16);

    /** The most of either; what a model really bears is a matter of its memory. */
    public static final int MOST = 4096;

    /** @throws GraftException {@code USAGE} if there is no room for anything, or for more than any machine holds */
    public SlotCapacity {
        if (slots < 1 || maxRank < 1 || slots > MOST || maxRank > MOST) {
            throw new GraftException(
                    ErrorCode.USAGE,
                    "expected 1 to " + MOST + " slots of rank 1 to " + MOST + ", got " + slots + " of rank " + maxRank,
                    Location.NONE,
                    "Give as many slots as adapters are used at the same time, and the largest of their ranks.");
        }
    }
}
