package dev.graft.training.job;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.training.config.FinetuningType;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.graph.PlainBase;
import dev.graft.training.graph.WholeModules;
import java.util.Set;

/** Makes sure, before anything is built, that all weights of a model can be trained where all shall be. */
final class FullTraining {
    private static final String KEY = "finetuning_type";

    private FullTraining() {}

    /**
     * Refuses quantised weights: to train the few tensors that are left, such as those of norms, is not what was asked for.
     *
     * @throws dev.graft.error.GraftException {@code TRAINING_CONFIG_INVALID}, or {@code ATTACH_UNSUPPORTED} for a model that has branches
     */
    static void require(TrainingConfig config) {
        if (config.adapter().type() != FinetuningType.FULL) {
            return;
        }
        ModelIndex model = ModelScanner.scan(config.model().model());
        PlainBase.require(model);
        Set<String> quantized = WholeModules.quantized(model);
        if (!quantized.isEmpty()) {
            String more = quantized.size() > 1 ? " and " + (quantized.size() - 1) + " more" : "";
            throw config.source()
                    .invalid(
                            KEY,
                            KEY + ": the weights of " + quantized.iterator().next() + more
                                    + " are quantised, which cannot be trained",
                            "finetuning_type: lora trains beside quantised weights; or train the model before it is quantised.");
        }
    }
}
