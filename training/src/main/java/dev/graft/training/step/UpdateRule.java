package dev.graft.training.step;

import java.util.Map;

/**
 * What one update of the trainable values goes by: AdamW. With {@code beta1} 0, {@code beta2} 1 and {@code epsilon} 1 the second moment stays
 * zero, and this is plain gradient descent.
 *
 * @param learningRates by group of trainable values; every group that the layout has
 * @param weightDecay of matrices; {@link TrainableLayout.Group#VECTOR} has none
 * @param maxGradientNorm the global norm that gradients are clipped to; 0 for no clipping
 * @param beta1 the decay of the first moment
 * @param beta2 the decay of the second moment
 * @param epsilon what is added to the root of the second moment
 */
public record UpdateRule(
        Map<TrainableLayout.Group, Double> learningRates,
        double weightDecay,
        double maxGradientNorm,
        double beta1,
        double beta2,
        double epsilon) {
    public UpdateRule {
        learningRates = Map.copyOf(learningRates);
    }
}
