package dev.graft.training.run.plan;

import dev.graft.training.step.TrainableLayout.Group;
import dev.graft.training.step.UpdateRule;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The optimiser's numbers: AdamW (Loshchilov and Hutter, Decoupled Weight Decay Regularization), with LoRA+ if asked for.
 *
 * @param learningRate at the schedule's factor 1
 * @param weightDecay of matrices
 * @param beta1 the decay of the first moment
 * @param beta2 the decay of the second moment
 * @param epsilon what is added to the root of the second moment
 * @param maxGradientNorm the global norm that gradients are clipped to; 0 for no clipping
 * @param loraPlus the learning rates of LoRA+
 */
public record AdamW(
        double learningRate,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double maxGradientNorm,
        Optional<LoraPlus> loraPlus) {
    /**
     * Different learning rates for A and B (Hayou et al., LoRA+: Efficient Low Rank Adaptation of Large Models, section 4), in the groups of
     * PEFT (optimizers/loraplus.py).
     *
     * @param ratio what B's learning rate, and that of everything with one dimension, is of A's
     * @param embeddingLearningRate the learning rate of an embedding's pair, not a ratio
     */
    public record LoraPlus(double ratio, double embeddingLearningRate) {
        /** PEFT's learning rate of embeddings. */
        public static final double EMBEDDING_LEARNING_RATE = 1e-6;

        public LoraPlus {
            if (!(ratio > 0) || !(embeddingLearningRate >= 0)) {
                throw new IllegalArgumentException("LoRA+ " + ratio + ", " + embeddingLearningRate);
            }
        }
    }

    /** The defaults of transformers with another learning rate. */
    public static AdamW ofLearningRate(double learningRate) {
        return new AdamW(learningRate, 0, 0.9, 0.999, 1e-8, 1, Optional.empty());
    }

    /** The same with weight decay. */
    public AdamW withWeightDecay(double decay) {
        return new AdamW(learningRate, decay, beta1, beta2, epsilon, maxGradientNorm, loraPlus);
    }

    /** The same with clipping to another norm, or none at 0. */
    public AdamW withMaxGradientNorm(double norm) {
        return new AdamW(learningRate, weightDecay, beta1, beta2, epsilon, norm, loraPlus);
    }

    /** The same with LoRA+. */
    public AdamW withLoraPlus(double ratio, double embeddingLearningRate) {
        LoraPlus rates = new LoraPlus(ratio, embeddingLearningRate);
        return new AdamW(learningRate, weightDecay, beta1, beta2, epsilon, maxGradientNorm, Optional.of(rates));
    }

    /** The rule of an update at which the schedule has this factor. */
    public UpdateRule ruleAt(double factor) {
        Map<Group, Double> rates = new EnumMap<>(Group.class);
        for (Group group : Group.values()) {
            rates.put(group, baseRate(group) * factor);
        }
        return new UpdateRule(rates, weightDecay, maxGradientNorm, beta1, beta2, epsilon);
    }

    private double baseRate(Group group) {
        if (loraPlus.isEmpty()) {
            return learningRate;
        }
        return switch (group) {
            case LORA_A, WEIGHT -> learningRate;
            case LORA_B, VECTOR -> learningRate * loraPlus.get().ratio();
            case LORA_EMBEDDING -> loraPlus.get().embeddingLearningRate();
        };
    }
}
