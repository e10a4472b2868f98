package dev.graft.training.step;

/**
 * What the loss is multiplied by before its gradient is taken, so that gradients in float16 do not vanish, and what is taken out again before
 * an update. It moves as PyTorch's GradScaler does: an update whose gradient overflows is skipped and halves it, 2000 updates without one
 * double it. All factors are powers of two, so that scaling itself rounds nothing.
 *
 * @param factor the factor
 * @param calm how many updates there have been since it changed
 * @param skipped how many updates have been skipped in all
 */
public record LossScale(double factor, long calm, long skipped) {
    /** No scaling. */
    public static final LossScale NONE = new LossScale(1, 0, 0);

    /** What a run in float16 begins with. */
    public static final LossScale START = new LossScale(65536, 0, 0);

    private static final long GROWS_AFTER = 2000;
    private static final double LARGEST = 0x1p24;

    /** Behind an update that was done. */
    public LossScale afterUpdate() {
        boolean grows = calm + 1 >= GROWS_AFTER && factor < LARGEST;
        return grows ? new LossScale(factor * 2, 0, skipped) : new LossScale(factor, calm + 1, skipped);
    }

    /** How many updates may be done before the factor changes, if none overflows; at least 1. */
    public long updatesToChange() {
        return Math.max(1, GROWS_AFTER - calm);
    }

    /** Whether an overflow may be the factor's fault. */
    public boolean canShrink() {
        return factor > 1;
    }

    /** Behind an update that was skipped. */
    public LossScale afterOverflow() {
        return new LossScale(factor / 2, 0, skipped + 1);
    }
}
