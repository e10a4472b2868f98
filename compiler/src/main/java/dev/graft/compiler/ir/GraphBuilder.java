package dev.graft.compiler.ir;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes nodes as formulas, at one place of a graph: each node goes behind the one before. Values get the name of their node
 * with {@code _output} behind it; nodes are named after what {@link #named} said last.
 */
public final class GraphBuilder {
    /** The domain of ONNX Runtime's own operators. */
    public static final String MICROSOFT = "com.microsoft";

    private final GraphEditor editor;
    private final Graph graph;
    private @Nullable Node anchor;
    private String source = "";
    private String prefix = "";

    GraphBuilder(GraphEditor editor, Graph graph, @Nullable Node anchor) {
        this.editor = editor;
        this.graph = graph;
        this.anchor = anchor;
    }

    /** The graph that nodes go into. */
    public Graph graph() {
        return graph;
    }

    /** What the next nodes are for; they carry it as metadata {@link Node#SOURCE}. */
    public GraphBuilder source(String purpose) {
        source = purpose;
        return this;
    }

    /** What the names of the next nodes begin with. */
    public GraphBuilder named(String start) {
        prefix = start;
        return this;
    }

    /** The matrix product {@code a · b}. */
    public Value matMul(Value a, Value b) {
        return node("MatMul", a, b);
    }

    /** The sum of two values, broadcast. */
    public Value add(Value a, Value b) {
        return node("Add", a, b);
    }

    /** The difference of two values, broadcast. */
    public Value sub(Value a, Value b) {
        return node("Sub", a, b);
    }

    /** The elementwise product, broadcast. */
    public Value mul(Value a, Value b) {
        return node("Mul", a, b);
    }

    /** The elementwise quotient, broadcast. */
    public Value div(Value a, Value b) {
        return node("Div", a, b);
    }

    /** Rows (or slices along {@code axis}) of {@code data} at {@code indices}. */
    public Value gather(Value data, Value indices, long axis) {
        return node("Gather", "", List.of(data, indices), List.of(Attribute.of("axis", axis)));
    }

    /** The value with its dimensions in another order. */
    public Value transpose(Value value, long... permutation) {
        return node("Transpose", "", List.of(value), List.of(Attribute.ofInts("perm", permutation)));
    }

    /** The value in another number format. */
    public Value cast(Value value, DType dtype) {
        Value cast = node("Cast", "", List.of(value), List.of(Attribute.of("to", dtype.onnxNumber())));
        value.type().ifPresent(type -> editor.setType(cast, type.withDtype(dtype)));
        return cast;
    }

    /** The values one behind the other along an axis. */
    public Value concat(long axis, List<Value> values) {
        return node("Concat", "", values, List.of(Attribute.of("axis", axis)));
    }

    /** Parts of a value of the given lengths along an axis (from opset 13 on). */
    public List<Value> split(Value value, long axis, long... lengths) {
        return nodes("Split", "", List.of(value, ints(lengths)), List.of(Attribute.of("axis", axis)), lengths.length);
    }

    /** The value under another shape. */
    public Value reshape(Value value, long... shape) {
        return node("Reshape", value, ints(shape));
    }

    /** The value, of a type that the model says from now on, which ONNX Runtime could not infer. */
    public Value described(Value value, ValueType type) {
        editor.setType(value, type);
        value.graph.descriptions.add(new Graph.Description(value, null));
        return value;
    }

    /** A node of ONNX's own operators with one output and no attributes. */
    public Value node(String opType, Value... inputs) {
        return node(opType, "", Arrays.asList(inputs), List.of());
    }

    /** A node with one output. */
    public Value node(
            String opType, String domain, List<? extends @Nullable Value> inputs, List<Attribute> attributes) {
        return nodes(opType, domain, inputs, attributes, 1).get(0);
    }

    /** A node with several outputs. */
    public List<Value> nodes(
            String opType,
            String domain,
            List<? extends @Nullable Value> inputs,
            List<Attribute> attributes,
            int outputs) {
        Node node = newNode(opType, domain, inputs, attributes);
        List<Value> made = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            Value output = editor.newValue(graph, node.name() + (i == 0 ? "_output" : "_output" + i), null);
            bind(node, output);
            made.add(output);
        }
        return made;
    }

    /** A node that makes a value which exists already and has no producer, see {@link GraphEditor#divertOutput}. */
    public Node nodeFor(
            Value output,
            String opType,
            String domain,
            List<? extends @Nullable Value> inputs,
            List<Attribute> attributes) {
        if (output.isDefined()) {
            throw new IllegalArgumentException(output + " has a producer already");
        }
        Node node = newNode(opType, domain, inputs, attributes);
        bind(node, output);
        return node;
    }

    /** Makes a node of the graph compute an optional output that it has left out so far. */
    public Value addOutput(Node node, int index, String wish) {
        while (node.outputs.size() <= index) {
            node.outputs.add(null);
        }
        if (node.outputs.get(index) != null) {
            throw new IllegalArgumentException(node + " has output " + index + " already");
        }
        Value output = editor.newValue(graph, wish, null);
        output.producer = node;
        node.outputs.set(index, output);
        return output;
    }

    /** An initializer of the given name, or one like it that is free. */
    public Value initializer(String wish, Tensor contents) {
        return editor.addInitializer(graph, wish, TensorData.of(contents));
    }

    /** A one-dimensional int64 initializer. */
    public Value ints(long... values) {
        return longs(Shape.of(values.length), values);
    }

    /** An int64 scalar. */
    public Value index(long value) {
        return longs(Shape.of(), value);
    }

    private Value longs(Shape shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return initializer(name("ints"), new Tensor("ints", DType.INT64, shape, ByteSource.ofArray(bytes.array())));
    }

    /** A floating-point scalar. */
    public Value scalar(DType dtype, double value) {
        return initializer(name("scalar"), Tensor.ofDoubles("scalar", dtype, Shape.of(), value));
    }

    private Node newNode(
            String opType, String domain, List<? extends @Nullable Value> inputs, List<Attribute> attributes) {
        Node node = editor.addNode(graph, anchor, name(opType), domain, opType);
        inputs.forEach(input -> addInput(node, input));
        attributes.forEach(attribute -> editor.setAttribute(node, attribute));
        if (!source.isEmpty()) {
            editor.setMetadata(node, Node.SOURCE, source);
        }
        anchor = node;
        return node;
    }

    private void addInput(Node node, @Nullable Value input) {
        node.inputs.add(null);
        editor.replaceInput(node, node.inputs.size() - 1, input);
    }

    private static void bind(Node node, Value output) {
        output.producer = node;
        node.outputs.add(output);
    }

    private String name(String opType) {
        return prefix.isEmpty() ? "graft/" + opType : prefix + "/" + opType;
    }
}
