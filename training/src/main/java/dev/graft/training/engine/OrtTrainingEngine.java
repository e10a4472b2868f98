package dev.graft.training.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.graph.LossHead;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.graph.TrainingTarget;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.precision.Activations;
import dev.graft.training.step.Batch;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.EngineState;
import dev.graft.training.step.LossScale;
import dev.graft.training.step.PlannedUpdate;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainingEngine;
import dev.graft.training.step.UpdateRule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A training engine over ONNX Runtime. */
public final class OrtTrainingEngine implements TrainingEngine {
    private final Recipe recipe;
    private final TrainableLayout layout;
    private final Map<String, Tensor> stored;
    private final GradientRuns runs;
    private final BatchFeed feed;
    private final FloatVector weight = new FloatVector();
    private final FloatVector loss = new FloatVector();
    private final FloatVector gradient;
    private final FloatVector before;
    private final RowChunks chunks;
    private final Optimiser optimiser;
    private final UpdateBlocks blocks;
    private LossScale scale = LossScale.NONE;
    private @Nullable OrtGraph evaluation;

    /**
     * What an engine is made from.
     *
     * @param base the inference model
     * @param target what is trained
     * @param head the loss
     * @param expansions what writes operators without a gradient out
     * @param settings how graphs are loaded
     * @param format the number format of products: float32, or one of 16 bits
     */
    public record Recipe(
            Path base,
            TrainingTarget target,
            LossHead head,
            List<ModelPass> expansions,
            GraphSettings settings,
            DType format) {
        /** A recipe in float32. */
        public Recipe(
                Path base, TrainingTarget target, LossHead head, List<ModelPass> expansions, GraphSettings settings) {
            this(base, target, head, expansions, settings, DType.FLOAT32);
        }

        private Activations activations() {
            return new Activations(format, settings.device());
        }
    }

    private OrtTrainingEngine(Recipe recipe, TrainingGraph graph, int updatesPerCall) {
        this.recipe = recipe;
        this.layout = graph.layout();
        this.stored = graph.stored();
        List<ValueDescription> inputs = ModelInputs.of(graph);
        boolean inBlocks = updatesPerCall > 1;
        // what runs in blocks becomes another graph, and this one is seldom needed then
        this.runs = new GradientRuns(
                inBlocks ? () -> build(recipe, TrainingGraph.Purpose.TRAINING).model() : graph::model,
                layout.size(),
                recipe.settings());
        this.feed = new BatchFeed(inputs);
        this.gradient = new FloatVector(layout.size());
        this.before = new FloatVector(layout.size());
        this.chunks = RowChunks.on(recipe.settings().device(), inputs);
        this.optimiser = new Optimiser(layout, recipe.settings(), scales());
        this.blocks = new UpdateBlocks(chunks, feed, recipe.settings(), updatesPerCall);
        if (inBlocks) {
            blocks.load(graph, scales());
        }
        if (blocks.updatesPerCall() == 0) {
            runs.graph();
        }
    }

    /**
     * Builds the training graph and loads it; all trainable values are zero until {@link #restore}.
     *
     * @throws dev.graft.error.GraftException what {@link TrainingGraph#build} and {@link OrtGraph#open} throw
     */
    public static OrtTrainingEngine open(Recipe recipe) {
        return open(recipe, 1);
    }

    /**
     * The same, for an engine that does several updates in one call of ONNX Runtime where it can.
     *
     * @param updatesPerCall how many, at most; 1 for one by one
     */
    public static OrtTrainingEngine open(Recipe recipe, int updatesPerCall) {
        return new OrtTrainingEngine(recipe, build(recipe, TrainingGraph.Purpose.TRAINING), updatesPerCall);
    }

    private static TrainingGraph build(Recipe recipe, TrainingGraph.Purpose purpose) {
        return TrainingGraph.build(
                recipe.base(), recipe.target(), recipe.head(), recipe.expansions(), recipe.activations(), purpose);
    }

    @Override
    public TrainableLayout layout() {
        return layout;
    }

    /** What the base has of the weights that are trained as a whole, by the entry's name, in the graph's orientation. */
    public Map<String, Tensor> stored() {
        return stored;
    }

    @Override
    public double accumulate(Batch batch, float factor, long seed) {
        before.copyFrom(gradient);
        try {
            float scaled = (float) (factor * scale.factor());
            return runs.add(chunks.of(batch), feed, optimiser.parameters(), scaled, seed, gradient);
        } catch (GraftException e) {
            gradient.copyFrom(before);
            throw e;
        }
    }

    @Override
    public Updated update(UpdateRule rule) {
        double norm = optimiser.update(gradient, rule, scale.factor());
        boolean done = Double.isFinite(norm);
        boolean skipped = !done && scales() && scale.canShrink();
        if (scales() && (done || skipped)) {
            scale = done ? scale.afterUpdate() : scale.afterOverflow();
        }
        if (done || skipped) {
            gradient.fill(0);
        }
        return new Updated(norm, skipped);
    }

    private boolean scales() {
        return recipe.activations().needsLossScale();
    }

    @Override
    public int updatesPerCall() {
        int most = blocks.updatesPerCall();
        return scales() ? (int) Math.min(most, scale.updatesToChange()) : most;
    }

    @Override
    public Optional<List<DoneUpdate>> updateAll(List<PlannedUpdate> updates) {
        if (updates.size() > updatesPerCall()) {
            return Optional.empty();
        }
        Optional<List<DoneUpdate>> done = blocks.run(updates, optimiser, scale.factor());
        for (int i = 0; done.isPresent() && scales() && i < updates.size(); i++) {
            scale = scale.afterUpdate();
        }
        return done;
    }

    @Override
    public Evaluation evaluate(Batch batch) {
        if (evaluation == null) {
            evaluation = OrtGraph.open(
                    build(recipe, TrainingGraph.Purpose.EVALUATION).model(), recipe.settings());
        }
        // predictions are for the rows in their order
        boolean predicts = evaluation.outputs().containsKey(TrainingGraph.PREDICTION);
        if (predicts) {
            return evaluate(evaluation, batch);
        }
        double sum = 0;
        for (Batch chunk : chunks.of(batch)) {
            sum += evaluate(evaluation, chunk).loss();
        }
        return new Evaluation(sum, Optional.empty());
    }

    private Evaluation evaluate(OrtGraph graph, Batch batch) {
        Map<String, OnnxTensor> views = feed.tensors(batch);
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>(views);
        inputs.put(TrainingGraph.PARAMETERS, optimiser.parameters().tensor());
        Set<String> wanted = graph.inputs().keySet();
        inputs.keySet().retainAll(wanted);
        if (wanted.contains(TrainingGraph.WEIGHT)) {
            inputs.put(TrainingGraph.WEIGHT, weight.set(0, 1).tensor());
        }
        Set<String> predictions =
                graph.outputs().containsKey(TrainingGraph.PREDICTION) ? Set.of(TrainingGraph.PREDICTION) : Set.of();
        try (OrtSession.Result result = graph.run(inputs, predictions, Map.of(TrainingGraph.LOSS, loss.tensor()))) {
            return new Evaluation(
                    loss.get(0),
                    predictions.isEmpty()
                            ? Optional.empty()
                            : result.get(TrainingGraph.PREDICTION).map(value -> OrtTensors.copy((OnnxTensor) value)));
        } finally {
            views.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public EngineState state() {
        return new EngineState(
                optimiser.parameters().copy(),
                optimiser.firstMoment().copy(),
                optimiser.secondMoment().copy(),
                gradient.copy(),
                optimiser.updates(),
                scale);
    }

    @Override
    public void restore(EngineState state) {
        optimiser.restore(state);
        scale = scaleOf(state);
        gradient.copyFrom(state.gradient());
    }

    /** A run that was begun in another format, or is just beginning, has none. */
    private LossScale scaleOf(EngineState state) {
        if (!scales()) {
            return LossScale.NONE;
        }
        return state.scale().equals(LossScale.NONE) ? LossScale.START : state.scale();
    }

    @Override
    public Optional<TrainableLayout.Entry> firstNotFinite() {
        for (TrainableLayout.Entry entry : layout.entries()) {
            int first = Math.toIntExact(entry.offset());
            int last = first + Math.toIntExact(entry.shape().elements());
            for (int i = first; i < last; i++) {
                if (!Float.isFinite(gradient.get(i))
                        || !Float.isFinite(optimiser.parameters().get(i))) {
                    return Optional.of(entry);
                }
            }
        }
        return Optional.empty();
    }

    /** Ends profiling and returns the file it was written to, for an engine whose settings ask for a profile. */
    public Path endProfiling() {
        return runs.graph().endProfiling();
    }

    @Override
    public void close() {
        runs.close();
        blocks.close();
        if (evaluation != null) {
            evaluation.close();
        }
        optimiser.close();
        gradient.close();
        before.close();
        weight.close();
        loss.close();
    }
}
