package dev.graft.training.run.checkpoint;

import java.util.Comparator;

/**
 * Where in its data a run is; everything follows from the number of updates and the micro-batches done since.
 *
 * @param step how many updates have been done
 * @param accumulated how many micro-batches of the next update have been done
 */
public record Position(long step, int accumulated) implements Comparable<Position> {
    /** The beginning. */
    public static final Position START = new Position(0, 0);

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::step).thenComparingInt(Position::accumulated);

    /** One micro-batch further, within an update. */
    public Position afterMicroBatch() {
        return new Position(step, accumulated + 1);
    }

    /** One update further. */
    public Position afterUpdate() {
        return new Position(step + 1, 0);
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }
}
