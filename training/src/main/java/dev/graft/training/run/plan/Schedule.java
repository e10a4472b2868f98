package dev.graft.training.run.plan;

import java.util.Locale;

/**
 * What the learning rate is multiplied by at each update; the formulas and names of transformers 5 (optimization.py).
 *
 * @param kind the curve behind the warm-up
 * @param warmUp how long it rises from 0; {@link Kind#CONSTANT} has none
 */
public record Schedule(Kind kind, WarmUp warmUp) {
    /** The curve behind the warm-up; w is the warm-up's steps, T the run's. */
    public enum Kind {
        /** 1 at every update, without a warm-up. */
        CONSTANT,
        /** 1. */
        CONSTANT_WITH_WARMUP,
        /** (T - t) / (T - w). */
        LINEAR,
        /** (1 + cos(pi (t - w) / (T - w))) / 2. */
        COSINE;

        /** The name in a file of settings: {@code constant_with_warmup}. */
        public String displayName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The factor of one update.
     *
     * @param update from 0
     * @param total how many there are
     */
    public double factor(long update, long total) {
        if (kind == Kind.CONSTANT) {
            return 1;
        }
        long rising = warmUp.stepsOf(total);
        if (update < rising) {
            return (double) update / rising;
        }
        return switch (kind) {
            case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
            case LINEAR -> Math.max(0, (double) (total - update) / Math.max(1, total - rising));
            case COSINE -> {
                double progress = (double) (update - rising) / Math.max(1, total - rising);
                // StrictMath: the last bit must not depend on the machine that a run is resumed on
                yield Math.max(0, 0.5 * (1 + StrictMath.cos(Math.PI * progress)));
            }
        };
    }
}
