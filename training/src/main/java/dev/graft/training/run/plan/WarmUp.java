package dev.graft.training.run.plan;

/**
 * How long the learning rate rises from 0.
 *
 * @param steps the number of updates; counts where it is not 0
 * @param ratio the part of the whole run, from 0 to 1
 */
public record WarmUp(long steps, double ratio) {
    /** None. */
    public static final WarmUp NONE = new WarmUp(0, 0);

    public WarmUp {
        if (steps < 0 || !(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("no warm-up: " + steps + " steps, ratio " + ratio);
        }
    }

    /** So many updates. */
    public static WarmUp ofSteps(long steps) {
        return new WarmUp(steps, 0);
    }

    /** That part of the run. */
    public static WarmUp ofRatio(double ratio) {
        return new WarmUp(0, ratio);
    }

    /** The number of updates in a run of so many: {@code ceil(total * ratio)} where it is a ratio. */
    public long stepsOf(long totalUpdates) {
        return steps > 0 ? steps : (long) Math.ceil(totalUpdates * ratio);
    }
}
