package dev.graft.training.step;

import java.util.List;

/**
 * What came of an update.
 *
 * @param losses the loss of each micro-batch, as {@link TrainingEngine#accumulate} gives it
 * @param norm the gradient's global norm before clipping
 */
public record DoneUpdate(List<Double> losses, double norm) {
    public DoneUpdate {
        losses = List.copyOf(losses);
    }

    /** Whether all of it are numbers. */
    public boolean isFinite() {
        return Double.isFinite(norm) && losses.stream().allMatch(Double::isFinite);
    }
}
