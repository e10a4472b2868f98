package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Along which axis of a value the rows of a batch lie, followed from the graph's inputs through the nodes.
 *
 * <p>A branch per row is right only where the rows lie one behind the other in memory, the batch being the outermost dimension. PyTorch's sequence-first attention
 * is what this is there to catch: [sequence, batch, width] has the same number of numbers, and a branch on it would mix the rows without a word.
 */
final class BatchAxes {
    /** The value is the same for all rows. */
    static final int NONE = -1;

    /** It could not be followed. */
    static final int UNKNOWN = -2;

    private static final Set<String> OPAQUE = Set.of(
            "Loop",
            "Scan",
            "If",
            "LSTM",
            "GRU",
            "RNN",
            "Einsum",
            "Expand",
            "ConstantOfShape",
            "Tile",
            "Range",
            "NonZero",
            "Compress",
            "GatherND",
            "ScatterND",
            "OneHot",
            "DepthToSpace",
            "SpaceToDepth");
    private static final Set<String> LENGTHS = Set.of("Shape", "Size", "Constant");

    private final Map<Value, Integer> axes = new HashMap<>();

    private BatchAxes() {}

    /** The axes in a model's main graph. */
    static BatchAxes of(OnnxModel model) {
        BatchAxes axes = new BatchAxes();
        Graph main = model.graph();
        Dim batch = StackInputs.batch(main);
        for (Value input : main.inputs()) {
            axes.axes.put(input, ofInput(input, batch));
        }
        for (Node node = main.first(); node != null; node = node.next()) {
            int axis = axes.ofOutput(node);
            for (Value output : node.outputs()) {
                if (output != null) {
                    axes.axes.put(output, axis);
                }
            }
        }
        return axes;
    }

    /** The axis, or {@link #NONE} or {@link #UNKNOWN}. */
    int of(Value value) {
        if (value.initializer().isPresent() && !value.isGraphInput()) {
            return NONE;
        }
        return axes.getOrDefault(value, UNKNOWN);
    }

    private static int ofInput(Value input, Dim batch) {
        if (input.initializer().isPresent()) {
            return NONE;
        }
        List<Dim> dims = input.type().flatMap(ValueType::dims).orElse(List.of());
        int axis = dims.indexOf(batch);
        boolean unnamed = !dims.isEmpty()
                && dims.get(0) instanceof Dim.Symbolic first
                && first.symbol().isEmpty();
        return axis < 0 && unnamed ? 0 : axis;
    }

    private int ofOutput(Node node) {
        if (LENGTHS.contains(node.opType())) {
            return NONE;
        }
        if (OPAQUE.contains(node.opType())) {
            return UNKNOWN;
        }
        return switch (node.opType()) {
            case "Transpose" -> transposed(node, axis(node, 0));
            case "Gather" -> gathered(node);
            case "Reshape", "Flatten", "Squeeze", "Unsqueeze" -> axis(node, 0) > 0 ? UNKNOWN : axis(node, 0);
            default -> first(node);
        };
    }

    private static int transposed(Node node, int axis) {
        if (axis < 0) {
            return axis;
        }
        return node.attribute("perm")
                .map(Attribute::value)
                .filter(Attribute.IntsValue.class::isInstance)
                .map(perm -> ((Attribute.IntsValue) perm).values().indexOf((long) axis))
                .filter(found -> found >= 0)
                .orElse(UNKNOWN);
    }

    /** A lookup puts the axes of the indices in the place of one of the data's. */
    private int gathered(Node node) {
        int data = axis(node, 0);
        int indices = axis(node, 1);
        long at = node.intAttribute("axis", 0);
        if (data == NONE && at >= 0) {
            return indices < 0 ? indices : Math.toIntExact(Math.min(at, Integer.MAX_VALUE / 2)) + indices;
        }
        boolean behind = at > data || at < 0;
        return data == 0 && behind ? 0 : UNKNOWN;
    }

    /** Rows come in with the first operand that has any; what is broadcast or added to them has none. */
    private int first(Node node) {
        int found = NONE;
        for (int i = 0; i < node.inputs().size() && found < 0; i++) {
            int axis = axis(node, i);
            found = axis == NONE ? found : axis;
        }
        return found;
    }

    private int axis(Node node, int input) {
        Value value = input < node.inputs().size() ? node.input(input) : null;
        return value == null ? NONE : of(value);
    }
}
