package dev.graft.training.run;

import dev.graft.training.run.plan.MicroBatches;
import java.util.Optional;

/**
 * What a run learns from and what it is measured by.
 *
 * @param training epoch after epoch
 * @param evaluation of which the first epoch is used, every time
 */
public record TrainingData(MicroBatches training, Optional<MicroBatches> evaluation) {
    /** Data without an evaluation. */
    public static TrainingData of(MicroBatches training) {
        return new TrainingData(training, Optional.empty());
    }
}
