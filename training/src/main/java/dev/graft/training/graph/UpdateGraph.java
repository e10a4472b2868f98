package dev.graft.training.graph;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.ArrayList;
import java.util.List;

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2), in PyTorch's order
 * of operations, behind clipping by the global norm:
 *
 * <pre>
 * g = gradient · min(1, limit / (|gradient| + 1e-6))
 * p = p · (1 - rate · decay)
 * m = β1·m + (1-β1)·g      v = β2·v + (1-β2)·g²
 * p = p - rate / c1 · m / (√v / √c2 + ε)          c1 = 1 - β1ᵗ, c2 = 1 - β2ᵗ
 * </pre>
 */
public final class UpdateGraph {
    /** Input: rate / c1 of each segment, float32 [segments]. */
    public static final String RATES = "graft.rates";
    /** Input: 1 - rate · decay of each segment, float32 [segments]. */
    public static final String KEEPS = "graft.keeps";
    /** Input, where the loss is scaled: one over the scale, float32, a scalar. */
    public static final String UNSCALE = "graft.unscale";
    /** Inputs, float32 scalars. */
    public static final String LIMIT = "graft.limit";

    public static final String BETA1 = "graft.beta1";
    public static final String BETA2 = "graft.beta2";
    public static final String ROOT_OF_C2 = "graft.root_of_c2";
    public static final String EPSILON = "graft.epsilon";
    /** Inputs and outputs [P]. */
    public static final String FIRST_MOMENT = "graft.first_moment";

    public static final String SECOND_MOMENT = "graft.second_moment";
    public static final String NEW = ".new";
    /** Output: the gradient's norm, float32, a scalar. */
    public static final String NORM = "graft.norm";

    private UpdateGraph() {}

    /**
     * Neighbours in the vector that are updated alike.
     *
     * @param group what they are
     * @param length how many values
     */
    public record Segment(Group group, long length) {}

    /** The segments of a layout, in order. */
    public static List<Segment> segments(TrainableLayout layout) {
        List<Segment> segments = new ArrayList<>();
        for (Entry entry : layout.entries()) {
            long length = entry.shape().elements();
            int last = segments.size() - 1;
            if (last >= 0 && segments.get(last).group() == entry.group()) {
                segments.set(last, new Segment(entry.group(), segments.get(last).length() + length));
            } else {
                segments.add(new Segment(entry.group(), length));
            }
        }
        return segments;
    }

    /**
     * Builds the graph for a layout.
     *
     * @param scaled whether the gradient is that of a scaled loss
     */
    public static OnnxModel build(TrainableLayout layout, boolean scaled) {
        OnnxModel model = OnnxModel.create(8, 17);
        GraphEditor editor = new GraphEditor(model);
        List<Segment> segments = segments(layout);
        ValueType vector = ValueType.of(DType.FLOAT32, new Dim.Fixed(layout.size()));
        ValueType few = ValueType.of(DType.FLOAT32, new Dim.Fixed(segments.size()));
        ValueType one = ValueType.of(DType.FLOAT32);
        Graph graph = model.graph();
        Value parameters = editor.addGraphInput(graph, TrainingGraph.PARAMETERS, vector);
        Value first = editor.addGraphInput(graph, FIRST_MOMENT, vector);
        Value second = editor.addGraphInput(graph, SECOND_MOMENT, vector);
        Value gradient = editor.addGraphInput(graph, TrainingGraph.GRADIENT, vector);
        Value rates = editor.addGraphInput(graph, RATES, few);
        Value keeps = editor.addGraphInput(graph, KEEPS, few);
        Value limit = editor.addGraphInput(graph, LIMIT, one);
        Value beta1 = editor.addGraphInput(graph, BETA1, one);
        Value beta2 = editor.addGraphInput(graph, BETA2, one);
        Value rootOfC2 = editor.addGraphInput(graph, ROOT_OF_C2, one);
        Value epsilon = editor.addGraphInput(graph, EPSILON, one);

        Formulas f = new Formulas(editor, editor.atEnd(graph).named("graft/update"));
        Value unit = f.scalar(DType.FLOAT32, 1);
        Value own = scaled ? f.mul(gradient, editor.addGraphInput(graph, UNSCALE, one)) : gradient;
        Value norm = f.node("ReduceL2", List.of(own), Attribute.of("keepdims", 0L));
        Value factor = f.node("Min", f.div(limit, f.add(norm, f.scalar(DType.FLOAT32, 1e-6))), unit);
        Value g = f.mul(own, factor);
        Value newFirst = f.add(f.mul(first, beta1), f.mul(g, f.sub(unit, beta1)));
        Value newSecond = f.add(f.mul(second, beta2), f.mul(f.mul(g, g), f.sub(unit, beta2)));
        Value root = f.add(f.div(f.node("Sqrt", newSecond), rootOfC2), epsilon);
        Value step = f.mul(f.div(newFirst, root), spread(f, rates, segments));
        Value newParameters = f.sub(f.mul(parameters, spread(f, keeps, segments)), step);

        output(editor, norm, NORM, one);
        output(editor, newParameters, TrainingGraph.PARAMETERS + NEW, vector);
        output(editor, newFirst, FIRST_MOMENT + NEW, vector);
        output(editor, newSecond, SECOND_MOMENT + NEW, vector);
        return model;
    }

    /** One value for each segment as one for each element. */
    private static Value spread(Formulas f, Value values, List<Segment> segments) {
        if (segments.size() == 1) {
            return values;
        }
        List<Value> spread = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            spread.add(f.node("Expand", f.at(values, i), f.ints(segments.get(i).length())));
        }
        return f.builder().concat(0, spread);
    }

    private static void output(GraphEditor editor, Value value, String name, ValueType type) {
        editor.rename(value, name);
        editor.setType(value, type);
        editor.addGraphOutput(value);
    }
}
