package dev.graft.training.graph;

import dev.graft.compiler.ir.ControlFlow;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphCopy;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.autodiff.Formulas;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Several updates as one graph, so that the trainable values and their moments stay on the device from one to the next:
 *
 * <pre>
 * parameters, moments, norms = Loop over updates:
 *     gradient, losses = Loop over the update's micro-batches:
 *         the micro-batch, cut out of the block's data --> training graph --> gradient so far + its gradient
 *     update graph, with this update's numbers
 * </pre>
 *
 * <p>Frozen weights stay where they are, in the graph around both loops, whose bodies read them there. The nodes are those of the
 * training graph and of the update graph, so that the numbers are the same to the bit. Two loops, because one with a condition for the
 * update would copy the parameters and moments at each micro-batch that does not end an update.
 */
public final class BlockGraph {
    /** Input: how many updates, int64, a scalar. */
    public static final String UPDATES = "graft.updates";
    /** Input: the number of each update's first micro-batch, int64 [updates]. */
    public static final String FIRSTS = "graft.firsts";
    /** Input: how many micro-batches each update has, int64 [updates]. */
    public static final String COUNTS = "graft.counts";
    /** Output: the loss of each micro-batch, float32 [batches]. */
    public static final String LOSSES = "graft.losses";
    /** Output: the norm of each update's gradient, float32 [updates]. */
    public static final String NORMS = "graft.norms";

    /** Of the training graph: what is one number, or a few, for each micro-batch. */
    private static final Set<String> NUMBERS = Set.of(TrainingGraph.WEIGHT, TrainingGraph.SEEDS);

    private static final List<String> CARRIED =
            List.of(TrainingGraph.PARAMETERS, UpdateGraph.FIRST_MOMENT, UpdateGraph.SECOND_MOMENT);

    private static final long OLDEST_OPSET = 11;
    private static final ValueType INDEX = ValueType.of(DType.INT64);
    private static final ValueType LIST = ValueType.of(DType.FLOAT32, new Dim.Symbolic(""));

    private final GraphEditor editor;
    private final Graph main;
    private final OnnxModel update;
    private final ValueType vector;

    private BlockGraph(TrainingGraph step, boolean scaled) {
        this.editor = new GraphEditor(step.model());
        this.main = step.model().graph();
        this.update = UpdateGraph.build(step.layout(), scaled);
        this.vector = ValueType.of(DType.FLOAT32, new Dim.Fixed(step.layout().size()));
    }

    /** Whether a training graph's operator set has what the loops need. */
    public static boolean isPossible(TrainingGraph step) {
        return step.model().opset("").orElse(1) >= OLDEST_OPSET;
    }

    /**
     * Builds the graph.
     *
     * @param step a training graph, whose model becomes this one
     * @param scaled whether its loss is scaled
     */
    public static OnnxModel build(TrainingGraph step, boolean scaled) {
        new BlockGraph(step, scaled).write();
        new PassPipeline().run(step.model());
        return step.model();
    }

    /** The input that has the elements of all micro-batches of one of the training graph's inputs, one behind the other. */
    public static String elementsOf(String input) {
        return "graft.elements/" + input;
    }

    /** The input that says where each micro-batch begins among the elements, and where the last one ends: int64 [batches + 1]. */
    public static String offsetsOf(String input) {
        return "graft.offsets/" + input;
    }

    /** The input that has the shape of each micro-batch of an input, int64 [batches, rank]. Scalars have neither offsets nor shapes. */
    public static String shapesOf(String input) {
        return "graft.shapes/" + input;
    }

    /** The input that has a number of the training graph for each micro-batch, or one of the update graph for each update. */
    public static String eachOf(String number) {
        return "graft.each/" + number;
    }

    private void write() {
        List<Node> step = main.nodes();
        List<Value> inputs = main.inputs();
        Formulas f = new Formulas(editor, editor.atEnd(main).named("graft/block"));
        List<Value> initial = new ArrayList<>();
        for (String name : CARRIED) {
            initial.add(main.find(name).orElseGet(() -> editor.addGraphInput(main, name, vector)));
        }
        initial.add(f.builder().initializer("graft/no_losses", Tensor.ofDoubles("none", DType.FLOAT32, Shape.of(0))));
        Value count = editor.addGraphInput(main, UPDATES, INDEX);
        LoopNode updates = LoopNode.write(editor, f, count, initial, List.of(vector, vector, vector, LIST), 1);
        writeUpdate(updates, step, inputs);
        for (int i = 0; i < CARRIED.size(); i++) {
            output(updates.node().output(i), CARRIED.get(i) + UpdateGraph.NEW, vector);
        }
        output(updates.node().output(CARRIED.size()), LOSSES, LIST);
        output(updates.node().output(CARRIED.size() + 1), NORMS, LIST);
    }

    private void writeUpdate(LoopNode updates, List<Node> step, List<Value> inputs) {
        Formulas f = new Formulas(editor, editor.atEnd(updates.body()).named("graft/block"));
        Value first = ofThisUpdate(f, updates, FIRSTS, INDEX);
        Value count = ofThisUpdate(f, updates, COUNTS, INDEX);
        Value zeros = f.zeros(DType.FLOAT32, f.ints(vector.dim(0).orElseThrow()));
        LoopNode batches = LoopNode.write(editor, f, count, List.of(zeros), List.of(vector), 1);
        writeMicroBatch(batches, first, step, inputs);
        Value parameters = main.find(TrainingGraph.PARAMETERS).orElseThrow();
        editor.replaceUses(parameters, updates.carried().get(0), use -> use.node() != updates.node());

        Value losses = updates.carried().get(CARRIED.size());
        Value withTheseLosses =
                f.builder().concat(0, List.of(losses, batches.node().output(1)));
        List<Value> results =
                new ArrayList<>(copyUpdate(f, updates, batches.node().output(0), withTheseLosses));
        results.add(CARRIED.size(), withTheseLosses);
        updates.finish(editor, results);
    }

    /** The update graph, in front of the node that makes {@code place}: the new vectors, then the norm. */
    private List<Value> copyUpdate(Formulas f, LoopNode updates, Value gradient, Value place) {
        GraphCopy copy = GraphCopy.ofBranch(editor, "graft/block/");
        for (Value input : update.graph().inputs()) {
            int carried = CARRIED.indexOf(input.name());
            if (carried >= 0) {
                copy.map(input, updates.carried().get(carried));
            } else if (input.name().equals(TrainingGraph.GRADIENT)) {
                copy.map(input, gradient);
            } else {
                ValueType type = input.type().orElseThrow();
                copy.map(input, ofThisUpdate(f, updates, eachOf(input.name()), type));
            }
        }
        copy.copyBefore(place.producer().orElseThrow(), update.graph());
        List<String> names =
                CARRIED.stream().map(name -> name + UpdateGraph.NEW).collect(Collectors.toList());
        names.add(UpdateGraph.NORM);
        return names.stream()
                .map(name -> copy.of(update.graph().find(name).orElseThrow()))
                .toList();
    }

    private Value ofThisUpdate(Formulas f, LoopNode updates, String name, ValueType type) {
        List<Dim> dims = new ArrayList<>(List.of(new Dim.Symbolic("graft_updates")));
        dims.addAll(type.dims().orElseThrow());
        Value all = editor.addGraphInput(main, name, ValueType.of(type.dtype(), dims.toArray(Dim[]::new)));
        Value one = f.builder().gather(all, updates.iteration(), 0);
        editor.setType(one, type);
        return one;
    }

    /** The training graph's nodes become the body. */
    private void writeMicroBatch(LoopNode batches, Value first, List<Node> step, List<Value> inputs) {
        Value loss = main.find(TrainingGraph.LOSS).orElseThrow();
        Value gradient = main.find(TrainingGraph.GRADIENT).orElseThrow();
        editor.removeGraphOutput(loss);
        editor.removeGraphOutput(gradient);
        ControlFlow.move(step, batches.body());
        MicroBatchCut cut = new MicroBatchCut(editor, batches.body(), first, batches.iteration());
        for (Value input : inputs) {
            if (NUMBERS.contains(input.name())) {
                cut.replaceNumber(input);
            } else if (!CARRIED.contains(input.name()) && input.initializer().isEmpty()) {
                cut.replaceTensor(input);
            }
        }
        Formulas f = new Formulas(editor, editor.atEnd(batches.body()).named("graft/block"));
        batches.finish(editor, List.of(f.add(batches.carried().get(0), gradient), loss));
    }

    private void output(Value value, String name, ValueType type) {
        editor.rename(value, name);
        editor.setType(value, type);
        editor.addGraphOutput(value);
    }
}
