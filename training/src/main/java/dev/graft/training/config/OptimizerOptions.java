package dev.graft.training.config;

import dev.graft.adapter.format.json.JsonValue;
import java.util.Optional;

/**
 * How values are updated.
 *
 * @param optimizer the rule
 * @param learningRate the highest learning rate
 * @param loraPlusRatio B's learning rate over A's, where LoRA+ is asked for
 * @param loraPlusEmbedding the learning rate of embeddings' pairs under LoRA+
 * @param weightDecay of matrices, decoupled
 * @param beta1 the decay of the first moment
 * @param beta2 the decay of the second moment
 * @param epsilon what is added to the root of the second moment
 * @param maxGradientNorm the global norm that gradients are clipped to; 0 for no clipping
 * @param accumulation how many batches one update takes
 */
public record OptimizerOptions(
        Optimizer optimizer,
        double learningRate,
        Optional<Double> loraPlusRatio,
        double loraPlusEmbedding,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double maxGradientNorm,
        int accumulation) {
    static OptimizerOptions read(SettingReader reader) {
        return new OptimizerOptions(
                optimizer(reader),
                reader.number("learning_rate", 5e-5, NumberRange.above(0)),
                reader.optionalNumber("loraplus_lr_ratio", NumberRange.above(0)),
                reader.number("loraplus_lr_embedding", 1e-6, NumberRange.atLeast(0)),
                reader.number("weight_decay", 0, NumberRange.atLeast(0)),
                reader.number("adam_beta1", 0.9, NumberRange.between(0, 0.999999)),
                reader.number("adam_beta2", 0.999, NumberRange.between(0, 0.99999999)),
                reader.number("adam_epsilon", 1e-8, NumberRange.above(0)),
                reader.number("max_grad_norm", 1, NumberRange.atLeast(0)),
                reader.count("gradient_accumulation_steps", 1, 1));
    }

    private static Optimizer optimizer(SettingReader reader) {
        Optimizer optimizer = reader.choice("optim", Optimizer.ADAMW_TORCH);
        if (optimizer.isAdam()) {
            reader.effective().put("optim", JsonValue.of("adamw_torch"));
        }
        return optimizer;
    }
}
