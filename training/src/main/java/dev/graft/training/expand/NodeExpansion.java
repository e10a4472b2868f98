package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.Formulas;
import dev.graft.training.types.GraphTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A node that is being written out: its inputs and attributes, what is known of their types, and the formulas that replace it. */
final class NodeExpansion extends Formulas {
    private static final long SPLIT_LENGTHS_AS_INPUT = 13;

    private final GraphEditor editor;
    private final Node node;
    private final Supplier<GraphTypes> types;
    private final SharedMasks shared;
    private final Map<Integer, Value> given = new LinkedHashMap<>();

    NodeExpansion(GraphEditor editor, Node node, Supplier<GraphTypes> types, SharedMasks shared) {
        super(
                editor,
                editor.before(node)
                        .named(node.displayName() + "/expanded")
                        .source("written out of " + node.opType() + " " + node.displayName()));
        this.editor = editor;
        this.node = node;
        this.types = types;
        this.shared = shared;
    }

    Node node() {
        return node;
    }

    SharedMasks shared() {
        return shared;
    }

    /** Input {@code index}, or null where the node leaves it out. */
    @Nullable
    Value optional(int index) {
        return node.input(index);
    }

    boolean has(int index) {
        return node.input(index) != null;
    }

    /** Whether there is an input {@code first} or one behind it. */
    boolean hasFrom(int first) {
        return IntStream.range(first, node.inputs().size()).anyMatch(this::has);
    }

    /** Input {@code index}, which the operator requires. */
    Value in(int index) {
        Value value = node.input(index);
        if (value == null) {
            throw new IllegalArgumentException(node + " leaves out input " + index);
        }
        return value;
    }

    /** Whether anything reads output {@code index}. */
    boolean wants(int index) {
        Value output = index < node.outputs().size() ? node.outputs().get(index) : null;
        return output != null && (!output.uses().isEmpty() || output.isGraphOutput());
    }

    long attribute(String name, long otherwise) {
        return node.intAttribute(name, otherwise);
    }

    float attribute(String name, float otherwise) {
        return node.floatAttribute(name, otherwise);
    }

    /** The type of a value of the model, as far as it is known. */
    Optional<ValueType> type(Value value) {
        return value.constant()
                .map(NodeExpansion::ofData)
                .or(() -> types.get().type(value))
                .or(value::type);
    }

    /** The rank, or -1. */
    int rank(Value value) {
        return type(value).map(ValueType::rank).orElse(-1);
    }

    /** The number format; single precision where it is unknown. */
    DType dtype(Value value) {
        return type(value).map(ValueType::dtype).orElse(DType.FLOAT32);
    }

    /** The length along an axis, where it is fixed. */
    OptionalLong dim(Value value, int axis) {
        return type(value).map(type -> type.dim(axis)).orElse(OptionalLong.empty());
    }

    /** Says what an output is. */
    boolean give(int output, Value value) {
        given.put(output, value);
        return true;
    }

    /** Whether every output that is read has been given. */
    boolean isComplete() {
        return LongStream.range(0, node.outputs().size())
                .allMatch(index -> !wants((int) index) || given.containsKey((int) index));
    }

    /** Puts what was given in the node's place. */
    void replace() {
        given.forEach((index, value) -> {
            if (wants(index)) {
                Replacement.replace(editor, node, index, value);
            }
        });
        editor.remove(node);
    }

    /** The value under a shape of numbers; 0 keeps a length, -1 takes the rest. */
    Value reshape(Value x, long... shape) {
        return builder().reshape(x, shape);
    }

    Value transpose(Value x, long... permutation) {
        return builder().transpose(x, permutation);
    }

    /** Parts of fixed lengths. */
    List<Value> split(Value x, long axis, long... lengths) {
        if (opset() >= SPLIT_LENGTHS_AS_INPUT) {
            return builder().split(x, axis, lengths);
        }
        return builder()
                .nodes(
                        "Split",
                        "",
                        List.of(x),
                        List.of(Attribute.of("axis", axis), Attribute.ofInts("split", lengths)),
                        lengths.length);
    }

    Value concat(long axis, Value... parts) {
        return builder().concat(axis, List.of(parts));
    }

    /** The length along an axis, in one dimension. */
    Value length(Value x, long axis) {
        return at(shape(x), axis);
    }

    /** 0, 1, 2, ... up to before a length that is given in one dimension. */
    Value range(Value length) {
        return node("Range", builder().index(0), squeeze(length, 0), builder().index(1));
    }

    Value softmax(Value x) {
        return node("Softmax", List.of(x), Attribute.of("axis", -1L));
    }

    /** {@code x + b}, or {@code x} where there is no b. */
    Value plus(Value x, @Nullable Value b) {
        return b == null ? x : add(x, b);
    }

    /** A node with one output whose inputs may be left out; those at the end altogether, for an empty name there brings ONNX Runtime down. */
    Value nodeOf(String operator, String domain, List<? extends @Nullable Value> inputs, Attribute... attributes) {
        if (!domain.isEmpty()) {
            editor.importOpset(domain, 1);
        }
        int present = inputs.size();
        while (present > 0 && inputs.get(present - 1) == null) {
            present--;
        }
        return builder().node(operator, domain, inputs.subList(0, present), List.of(attributes));
    }

    /** The attributes of those names that the node has. */
    Attribute[] attributes(String... names) {
        List<Attribute> found = new ArrayList<>();
        for (String name : names) {
            node.attribute(name).ifPresent(found::add);
        }
        return found.toArray(Attribute[]::new);
    }

    /** An initializer with contents that lie in the model already or were made here. */
    Value stored(String name, TensorData data) {
        return editor.addInitializer(node.graph(), node.displayName() + "/expanded/" + name, data);
    }

    private static ValueType ofData(TensorData data) {
        return ValueType.of(
                data.dtype(),
                LongStream.of(data.shape().toArray())
                        .mapToObj(dev.graft.compiler.scan.ValueIndex.Dim.Fixed::new)
                        .toArray(dev.graft.compiler.scan.ValueIndex.Dim[]::new));
    }
}
