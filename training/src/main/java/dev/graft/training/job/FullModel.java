package dev.graft.training.job;

import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.io.OutputTransaction;
import dev.graft.training.graph.TrainedModel;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.run.checkpoint.AdapterWriter;
import dev.graft.training.step.TrainableLayout;
import java.nio.file.Path;

/**
 * Writes a model whose weights were trained as a whole, as {@code model.onnx} with all weights inside.
 *
 * @param base the model that training began with
 * @param layout where the values lie
 * @param target what was trained
 */
record FullModel(Path base, TrainableLayout layout, TrainingTarget target) implements AdapterWriter {
    @Override
    public void write(Path folder, float[] parameters) {
        OnnxModel model = TrainedModel.of(base, target, layout, parameters);
        Path file = folder.resolve("model.onnx");
        try (OutputTransaction transaction = OutputTransaction.open(file, true)) {
            transaction.refuseInputs(file, java.util.List.of(base));
            ModelWriter.write(model, transaction.stage(file));
            transaction.commit();
        }
    }
}
