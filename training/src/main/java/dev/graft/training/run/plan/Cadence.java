package dev.graft.training.run.plan;

/**
 * How often something happens.
 *
 * @param unit what is counted
 * @param every after how many of them; a part of the run's updates for {@link Unit#RATIO}
 */
public record Cadence(Unit unit, double every) {
    /** What is counted. */
    public enum Unit {
        /** Nothing: it never happens. */
        NEVER,
        /** Updates. */
        STEPS,
        /** The run's updates as a whole: 0.1 is ten times in a run. */
        RATIO,
        /** Epochs: at the end of each. */
        EPOCH
    }

    /** Not at all. */
    public static final Cadence NEVER = new Cadence(Unit.NEVER, 0);

    /** At the end of each epoch. */
    public static final Cadence EVERY_EPOCH = new Cadence(Unit.EPOCH, 1);

    public Cadence {
        boolean whole = every >= 1 && every == Math.rint(every);
        if ((unit == Unit.STEPS && !whole) || (unit == Unit.RATIO && !(every > 0 && every < 1))) {
            throw new IllegalArgumentException("every " + every + " " + unit);
        }
    }

    /** Every so many updates. */
    public static Cadence everySteps(long steps) {
        return new Cadence(Unit.STEPS, steps);
    }

    /** Every so large a part of the run. */
    public static Cadence everyRatio(double ratio) {
        return new Cadence(Unit.RATIO, ratio);
    }

    /**
     * Whether it is time.
     *
     * @param update how many updates have been done
     * @param perEpoch how many there are in an epoch
     * @param total how many there are in the run; the last one ends an epoch, even an incomplete one
     */
    public boolean isDue(long update, long perEpoch, long total) {
        return switch (unit) {
            case NEVER -> false;
            case STEPS -> update % (long) every == 0;
            case RATIO -> update % (long) Math.ceil(every * total) == 0;
            case EPOCH -> update % perEpoch == 0 || update == total;
        };
    }
}
