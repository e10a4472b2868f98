package dev.graft.training.graph;

import dev.graft.compiler.attach.OpenBranches;
import dev.graft.compiler.attach.Slot;
import dev.graft.compiler.attach.Slots;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.Differentiator;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.autodiff.rules.GradientRules;
import dev.graft.training.precision.Activations;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.types.GraphTypes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A graph that computes loss and gradient of a batch, or its loss alone.
 *
 * @param model the graph; its inputs are the model's and the names below
 * @param layout where the trainable values lie in the vector
 * @param stored what the base has of whole weights and magnitudes, by the entry's name, in the graph's orientation
 */
public record TrainingGraph(OnnxModel model, TrainableLayout layout, Map<String, Tensor> stored) {
    /** Input: the trainable values, float32 [P]. */
    public static final String PARAMETERS = ParameterVector.PARAMETERS;
    /** Input: what the output is compared with. */
    public static final String LABELS = "graft.labels";
    /** Input: the factor of the loss whose gradient is taken, float32, a scalar. */
    public static final String WEIGHT = "graft.weight";
    /** Input, with dropout: two numbers for each low-rank pair, int32. */
    public static final String SEEDS = "graft.seeds";
    /** Output: the summed loss, float32, a scalar. */
    public static final String LOSS = "graft.loss";
    /** Output, in evaluation, where the loss has such a thing: what is compared with the labels. */
    public static final String PREDICTION = "graft.prediction";
    /** Output: the gradient, float32 [P]. */
    public static final String GRADIENT = "graft.gradient";

    /** What a graph is for. */
    public enum Purpose {
        /** Loss and gradient, with dropout. */
        TRAINING,
        /** Loss and prediction, without dropout. */
        EVALUATION
    }

    /**
     * Builds a graph.
     *
     * @param base the inference model
     * @param expansions what writes operators without a gradient out
     * @param activations the number format of its products
     * @throws GraftException {@code TARGET_NOT_FOUND}, {@code ATTACH_UNSUPPORTED}, {@code GRADIENT_UNSUPPORTED}, {@code ONNX_UNSUPPORTED}
     */
    public static TrainingGraph build(
            Path base,
            TrainingTarget target,
            LossHead head,
            List<ModelPass> expansions,
            Activations activations,
            Purpose purpose) {
        ModelIndex index = ModelScanner.scan(base);
        PlainBase.require(index);
        OnnxModel model = ModelReader.read(base);
        GraphEditor editor = new GraphEditor(model);
        List<Slot> slots = target.modules().isEmpty() ? List.of() : select(index, target);
        List<WholeWeight> whole = WholeWeights.find(model, index, target, slots).stream()
                .map(weight -> weight.alone(editor))
                .toList();
        BranchBiases biases = BranchBiases.add(editor, target, slots);
        List<OpenBranches.Branch> branches = slots.isEmpty() ? List.of() : OpenBranches.attach(model, slots);
        refuseNothing(index, whole, branches);
        boolean drops = purpose == Purpose.TRAINING && target.dropout() > 0 && !branches.isEmpty();
        double boost = drops ? 1 / (1 - target.dropout()) : 1;
        DoraBranches dora = DoraBranches.of(editor, target, branches, whole);
        List<TrainedPiece> pieces =
                new TrainedPieces(editor, target, boost).of(branches, biases.pieces(), dora.pieces(), whole, !drops);
        ParameterVector vector = new ParameterVector(editor, pieces);
        List<Value> trained = vector.define();
        if (drops) {
            new BranchDropout(editor, target.dropout()).apply(trained.subList(0, branches.size()));
        }
        dora.apply(vector, drops, boost);
        Value output = keepOutput(editor, head);
        new PassPipeline(expansions.toArray(ModelPass[]::new)).run(model);
        editor.removeUnused(model.graph());
        GraphTypes types = GraphTypes.of(model);
        activations.lower(model, types, model.graph().find(PARAMETERS).orElseThrow());
        LossHead.Written loss = writeLoss(editor, types, head, output);
        name(editor, loss.loss(), LOSS, ValueType.of(DType.FLOAT32));
        editor.removeGraphOutput(output);
        if (purpose == Purpose.EVALUATION) {
            loss.predictionType().ifPresent(type -> name(editor, loss.prediction(), PREDICTION, type));
        } else {
            Map<Value, Value> gradients =
                    new Differentiator(GradientRules.TABLE, model, types).differentiate(loss.gradients(), trained);
            writeGradient(editor, vector, trained, gradients);
        }
        editor.removeUnused(model.graph());
        activations.fit(model);
        new PassPipeline().run(model);
        return new TrainingGraph(model, vector.layout(), vector.base());
    }

    private static List<Slot> select(ModelIndex index, TrainingTarget target) {
        List<Slot> slots = Slots.select(index, target.modules()).stream()
                .filter(slot -> target.takesLayerOf(slot.module()))
                .toList();
        if (slots.isEmpty()) {
            throw new GraftException(
                    ErrorCode.TARGET_NOT_FOUND,
                    "no target is in the layers " + target.layers(),
                    Location.ofFile(index.file()),
                    "graft inspect lists the modules with the numbers of their layers.");
        }
        return slots;
    }

    private static void refuseNothing(ModelIndex index, List<WholeWeight> whole, List<OpenBranches.Branch> branches) {
        if (whole.isEmpty() && branches.isEmpty()) {
            throw new GraftException(
                    ErrorCode.TARGET_NOT_FOUND,
                    "nothing of this model would be trained",
                    Location.ofFile(index.file()),
                    "graft inspect lists the modules that can be.");
        }
    }

    /** Leaves the one output that the loss is of. */
    private static Value keepOutput(GraphEditor editor, LossHead head) {
        Graph graph = editor.model().graph();
        List<Value> outputs = graph.outputs();
        Value wanted = outputs.stream()
                .filter(output -> head.output().isEmpty() || output.name().equals(head.output()))
                .filter(output ->
                        output.type().map(type -> type.dtype().isFloat()).orElse(true))
                .findFirst()
                .orElseThrow(() -> new GraftException(
                        ErrorCode.ONNX_UNSUPPORTED,
                        "the model has no output '" + head.output() + "' of floating point; it has " + outputs,
                        editor.model().file().map(Location::ofFile).orElse(Location.NONE),
                        "Name the output that the loss is of."));
        outputs.stream().filter(output -> output != wanted).distinct().forEach(editor::removeGraphOutput);
        return wanted;
    }

    private static LossHead.Written writeLoss(GraphEditor editor, GraphTypes types, LossHead head, Value output) {
        Graph graph = editor.model().graph();
        ValueType type = types.type(output).orElseThrow();
        Dim[] dims = IntStream.range(0, head.labelRank(type.rank()))
                .<Dim>mapToObj(axis -> new Dim.Symbolic("graft_label_" + axis))
                .toArray(Dim[]::new);
        Value labels =
                head.hasLabels() ? editor.addGraphInput(graph, LABELS, ValueType.of(head.labelType(), dims)) : output;
        Value weight = editor.addGraphInput(graph, WEIGHT, ValueType.of(DType.FLOAT32));
        Formulas f = new Formulas(editor, editor.atEnd(graph).named("graft/loss"));
        return head.write(f, output, type.dtype(), type.rank(), labels, weight);
    }

    private static void writeGradient(
            GraphEditor editor, ParameterVector vector, List<Value> trained, Map<Value, Value> gradients) {
        Graph graph = editor.model().graph();
        ValueType type =
                ValueType.of(DType.FLOAT32, new Dim.Fixed(vector.layout().size()));
        Formulas f = new Formulas(editor, editor.atEnd(graph).named("graft/gradient"));
        Value gradient = vector.gradient(f, new ArrayList<>(trained), gradients);
        name(editor, gradient, GRADIENT, type);
    }

    private static void name(GraphEditor editor, Value value, String name, ValueType type) {
        editor.rename(value, name);
        editor.setType(value, type);
        editor.addGraphOutput(value);
    }
}
