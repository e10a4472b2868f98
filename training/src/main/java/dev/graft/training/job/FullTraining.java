package dev.graft.training.job;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.tensor.FileBytes;
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
     * Refuses quantised weights, because to train the few tensors that are left, such as those of norms, is not what was asked for; and models that are too large for
     * the single file that they would be written to.
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
        refuseLarge(config, model);
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

    private static void refuseLarge(TrainingConfig config, ModelIndex model) {
        long bytes = model.fileSize()
                + model.dataFiles().values().stream()
                        .mapToLong(file -> FileBytes.of(file).size())
                        .sum();
        if (bytes > Integer.MAX_VALUE) {
            throw config.source()
                    .invalid(
                            KEY,
                            KEY + ": the model has " + bytes
                                    + " bytes, and the single file that it would be written to takes "
                                    + Integer.MAX_VALUE,
                            "finetuning_type: lora writes the adapter alone, for models of any size.");
        }
    }
}
