package dev.graft.training.step;

/**
 * Everything that a training graph carries from one step to the next; a copy, all arrays of the layout's size.
 *
 * @param parameters the trainable values
 * @param firstMoment Adam's first moment
 * @param secondMoment Adam's second moment
 * @param gradient what has been accumulated since the last update
 * @param updates how many updates there have been
 * @param scale what the accumulated gradient is multiplied by
 */
public record EngineState(
        float[] parameters,
        float[] firstMoment,
        float[] secondMoment,
        float[] gradient,
        long updates,
        LossScale scale) {
    /** A state of a run whose loss is not scaled, or not yet. */
    public EngineState(float[] parameters, float[] firstMoment, float[] secondMoment, float[] gradient, long updates) {
        this(parameters, firstMoment, secondMoment, gradient, updates, LossScale.NONE);
    }
}
