package dev.graft.training.engine;

import ai.onnxruntime.OnnxTensor;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.step.Batch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one run of the training graph at a time writes to. Owns its tensors. */
final class RunSlot implements AutoCloseable {
    private final FloatVector weight = new FloatVector();
    private final FloatVector loss = new FloatVector();
    private final FloatVector gradient;
    private final Optional<DropoutSeeds> dropout;

    RunSlot(long parameters, OrtGraph graph) {
        gradient = new FloatVector(parameters);
        dropout = DropoutSeeds.forInput(graph.inputs().get(TrainingGraph.SEEDS));
    }

    /** The gradient of the last run. */
    FloatVector gradient() {
        return gradient;
    }

    /** Runs the graph; returns the loss. */
    double run(OrtGraph graph, BatchFeed feed, FloatVector parameters, Batch batch, float factor, long seed) {
        Map<String, OnnxTensor> views = feed.tensors(batch);
        try {
            Map<String, OnnxTensor> inputs = new LinkedHashMap<>(views);
            dropout.ifPresent(seeds -> inputs.put(TrainingGraph.SEEDS, seeds.of(seed)));
            inputs.put(TrainingGraph.PARAMETERS, parameters.tensor());
            inputs.put(TrainingGraph.WEIGHT, weight.set(0, factor).tensor());
            Map<String, OnnxTensor> outputs = Map.of(
                    TrainingGraph.LOSS, loss.tensor(),
                    TrainingGraph.GRADIENT, gradient.tensor());
            graph.run(inputs, Set.of(), outputs).close();
            return loss.get(0);
        } finally {
            views.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() {
        weight.close();
        loss.close();
        gradient.close();
        dropout.ifPresent(DropoutSeeds::close);
    }
}
