package dev.graft.training.step;

import java.util.List;

/**
 * An update that is yet to be done, with everything that it takes.
 *
 * @param batches its micro-batches, in order
 * @param weight of every micro-batch's loss, as {@link TrainingEngine#accumulate} takes it
 * @param seeds one for each micro-batch
 * @param rule what the update goes by
 */
public record PlannedUpdate(List<Batch> batches, float weight, List<Long> seeds, UpdateRule rule) {
    public PlannedUpdate {
        batches = List.copyOf(batches);
        seeds = List.copyOf(seeds);
        if (batches.isEmpty() || batches.size() != seeds.size()) {
            throw new IllegalArgumentException(batches.size() + " micro-batches with " + seeds.size() + " seeds");
        }
    }
}
