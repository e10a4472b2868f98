package dev.graft.training.graph;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A model whose weights were trained as a whole, as an inference model again. */
public final class TrainedModel {
    private TrainedModel() {}

    /** The base with trained weights in the place of its own; those that no longer share a tensor have one each. All are inside. */
    public static OnnxModel of(Path base, TrainingTarget target, TrainableLayout layout, float[] values) {
        OnnxModel model = ModelReader.read(base);
        GraphEditor editor = new GraphEditor(model);
        Map<String, Entry> entries = new HashMap<>();
        layout.entries().forEach(entry -> entries.put(entry.name(), entry));
        for (WholeWeight weight : WholeWeights.find(model, ModelScanner.scan(base), target, List.of())) {
            Entry entry = entries.get(weight.name());
            if (entry != null) {
                Tensor trained = trained(weight, entry, values);
                Value fresh = editor.addInitializer(
                        model.graph(), weight.value().name() + "_trained", TensorData.of(trained));
                weight.replaceBy(editor, fresh);
            }
        }
        editor.removeUnused(model.graph());
        takeIn(editor, model.graph());
        return model;
    }

    /** What was not trained would otherwise stay in a data file that lies beside the base only. */
    private static void takeIn(GraphEditor editor, Graph graph) {
        for (Value value : graph.initializers()) {
            value.initializer()
                    .filter(TensorData::isExternal)
                    .ifPresent(data -> editor.setInitializer(value, TensorData.of(data.tensor(value.name()))));
        }
        graph.nodes().forEach(node -> node.subgraphs().forEach(body -> takeIn(editor, body)));
    }

    private static Tensor trained(WholeWeight weight, Entry entry, float[] values) {
        Tensor stored = weight.stored();
        int count = Math.toIntExact(entry.shape().elements());
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, Math.toIntExact(entry.offset()), count);
        return new Tensor(weight.name(), DType.FLOAT32, stored.shape(), ByteSource.ofArray(bytes.array()))
                .inFormat(stored.dtype());
    }
}
