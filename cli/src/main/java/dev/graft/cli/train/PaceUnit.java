package dev.graft.cli.train;

import dev.graft.training.config.TrainingConfig;
import dev.graft.training.data.TrainingData;

/** What a run's pace counts: tokens, or rows where the data are no text. */
public final class PaceUnit {
    private PaceUnit() {}

    /** {@code tokens/s} or {@code rows/s}. */
    public static String of(TrainingConfig config) {
        return TrainingData.isText(config) ? "tokens/s" : "rows/s";
    }
}
