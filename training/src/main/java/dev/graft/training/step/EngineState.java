package dev.graft.training.step;

/**
 * Everything that a training graph carries from one step to the next; a copy, all arrays of the layout's size.
 *
 * @param parameters the trainable values
 * @param firstMoment Adam's first moment
 * @param secondMoment Adam's second moment
 * @param gradient what has been accumulated since the last update
 * @param updates how many updates there have been
 */
public record EngineState(
        float[] parameters, float[] firstMoment, float[] secondMoment, float[] gradient, long updates) {}
