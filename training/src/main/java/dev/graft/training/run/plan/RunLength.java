package dev.graft.training.run.plan;

/**
 * How long a run is, in epochs or in updates.
 *
 * @param epochs passes over the data, which may end within one; counts where {@code updates} is 0
 * @param updates the number of updates, whatever number of epochs that is; 0 to go by epochs
 */
public record RunLength(double epochs, long updates) {
    public RunLength {
        if (updates < 0 || (updates == 0 && !(epochs > 0 && epochs < 1e9))) {
            throw new IllegalArgumentException("no length: " + epochs + " epochs, " + updates + " updates");
        }
    }

    /** So many passes over the data. */
    public static RunLength ofEpochs(double epochs) {
        return new RunLength(epochs, 0);
    }

    /** So many updates. */
    public static RunLength ofUpdates(long updates) {
        return new RunLength(0, updates);
    }

    /** The number of updates of the whole run: {@code ceil(epochs * updatesPerEpoch)} where it goes by epochs. */
    public long totalUpdates(long updatesPerEpoch) {
        return updates > 0 ? updates : (long) Math.ceil(epochs * updatesPerEpoch);
    }
}
