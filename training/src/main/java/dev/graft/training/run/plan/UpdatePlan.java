package dev.graft.training.run.plan;

/**
 * What every update is made of.
 *
 * @param length how many there are
 * @param accumulation how many micro-batches make one; the last one of an epoch takes what is left
 * @param optimiser the optimiser's numbers
 * @param schedule of the learning rate
 * @param seed of what dropout drops
 */
public record UpdatePlan(RunLength length, int accumulation, AdamW optimiser, Schedule schedule, long seed) {
    public UpdatePlan {
        if (accumulation < 1) {
            throw new IllegalArgumentException("accumulation " + accumulation);
        }
    }
}
