package dev.graft.training.expand;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import dev.graft.training.types.GraphTypes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What patterns are matched with: nodes behind values, types and small constants. */
final class Pattern {
    /** An operator's two inputs in one of their orders. */
    record Pair(Value first, Value second) {}

    private final GraphEditor editor;
    private final Supplier<GraphTypes> types;
    private final SmallConstants constants;
    private final SharedMasks shared = new SharedMasks();

    Pattern(GraphEditor editor, Supplier<GraphTypes> types) {
        this.editor = editor;
        this.types = types;
        this.constants = new SmallConstants(this::type);
    }

    SmallConstants constants() {
        return constants;
    }

    /** The formulas that replace a node. */
    NodeExpansion formulas(Node node) {
        return new NodeExpansion(editor, node, types, shared);
    }

    /** Puts a value of the same type in the place of a node's output. */
    void replace(Node node, Value by) {
        type(node.output(0)).ifPresent(type -> types.get().put(by, type));
        Replacement.replace(editor, node, by);
    }

    Optional<ValueType> type(Value value) {
        return types.get().type(value).or(value::type);
    }

    boolean isSingle(Value value) {
        return type(value).map(ValueType::dtype).filter(DType.FLOAT32::equals).isPresent();
    }

    int rank(Value value) {
        return type(value).map(ValueType::rank).orElse(-1);
    }

    /** The length along an axis, or -1 where it is not fixed. */
    long dim(Value value, int axis) {
        double[] lengths = constants.lengths(value);
        if (lengths == null) {
            return -1;
        }
        int index = axis < 0 ? axis + lengths.length : axis;
        return index >= 0 && index < lengths.length && lengths[index] >= 0 ? (long) lengths[index] : -1;
    }

    /** The value that this one is a copy of: through Identity, and casts to the type that it has. */
    Value source(Value value) {
        Value current = value;
        while (true) {
            Node node = current.producer().orElse(null);
            Value from = node == null ? null : copied(node);
            if (from == null) {
                return current;
            }
            current = from;
        }
    }

    private @Nullable Value copied(Node node) {
        Value from = node.input(0);
        return from != null && (node.is("Identity") || node.is("Cast") && isSameType(node, from)) ? from : null;
    }

    private boolean isSameType(Node cast, Value from) {
        return type(from)
                .map(type -> type.dtype().onnxNumber() == cast.intAttribute("to", 0))
                .orElse(false);
    }

    /** The node of that operator that makes a value, or null. */
    @Nullable
    Node producer(@Nullable Value value, String operator) {
        return value == null
                ? null
                : source(value).producer().filter(node -> node.is(operator)).orElse(null);
    }

    /** The inputs of a node of two inputs, in both orders; none for another node. */
    List<Pair> pairs(@Nullable Node node) {
        Value first = node == null ? null : node.input(0);
        Value second = node == null ? null : node.input(1);
        return first == null || second == null ? List.of() : List.of(new Pair(first, second), new Pair(second, first));
    }

    /** Whether values are copies of one. */
    boolean same(@Nullable Value a, @Nullable Value b) {
        return a != null && b != null && source(a) == source(b);
    }
}
