package dev.graft.training.run;

import dev.graft.training.run.checkpoint.Position;
import dev.graft.training.run.plan.UpdatePlan;

/**
 * Which micro-batches make which update; as in transformers, the last update of an epoch takes those that are left.
 *
 * @param perEpoch micro-batches in an epoch
 * @param accumulation micro-batches in an update
 * @param totalUpdates updates in the run
 */
record RunGeometry(int perEpoch, int accumulation, long totalUpdates) {
    static RunGeometry of(int perEpoch, UpdatePlan plan) {
        long updates = updatesPerEpoch(perEpoch, plan.accumulation());
        return new RunGeometry(perEpoch, plan.accumulation(), plan.length().totalUpdates(updates));
    }

    private static long updatesPerEpoch(int perEpoch, int accumulation) {
        return (perEpoch + (long) accumulation - 1) / accumulation;
    }

    long updatesPerEpoch() {
        return updatesPerEpoch(perEpoch, accumulation);
    }

    /** The epoch of an update, from 0. */
    int epoch(long update) {
        return Math.toIntExact(update / updatesPerEpoch());
    }

    /** The index in its epoch of an update's first micro-batch. */
    int firstIndex(long update) {
        return Math.toIntExact(update % updatesPerEpoch() * accumulation);
    }

    /** How many micro-batches an update has. */
    int size(long update) {
        return Math.min(accumulation, perEpoch - firstIndex(update));
    }

    /** How many passes over the data have been done, with a fraction. */
    double epochs(Position position) {
        double inEpoch = firstIndex(position.step()) + position.accumulated();
        return epoch(position.step()) + inEpoch / perEpoch;
    }
}
