package dev.graft.training.autodiff;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.types.GraphTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node as its rule sees it: its inputs and outputs, the gradients of the outputs, and a place for those of the inputs. */
public final class NodeGradient extends Formulas {
    private static final long ZERO_IS_A_LENGTH = 14;

    private final Node node;
    private final GraphTypes types;
    private final Lengths lengths;
    private final List<@Nullable Value> outputGradients;
    private final Predicate<Value> wanted;
    private final Map<Integer, Value> given = new LinkedHashMap<>();

    NodeGradient(
            GraphEditor editor,
            GraphBuilder g,
            Node node,
            GraphTypes types,
            Lengths lengths,
            List<@Nullable Value> outputGradients,
            Predicate<Value> wanted) {
        super(editor, g);
        this.node = node;
        this.types = types;
        this.lengths = lengths;
        this.outputGradients = outputGradients;
        this.wanted = wanted;
    }

    /** The node. */
    public Node node() {
        return node;
    }

    /** Input {@code index}, which the operator requires. */
    public Value in(int index) {
        Value value = node.input(index);
        if (value == null) {
            throw refuse("it leaves out input " + index);
        }
        return value;
    }

    /** Whether the node has input {@code index}. */
    public boolean has(int index) {
        return node.input(index) != null;
    }

    /** Output {@code index}. */
    public Value out(int index) {
        return node.output(index);
    }

    /** The first output. */
    public Value out() {
        return node.output(0);
    }

    /** Output {@code index} of the forward node, which is made to compute it if it does not yet. */
    public Value outOrNew(int index) {
        Value output = index < node.outputs().size() ? node.outputs().get(index) : null;
        return output == null ? builder().addOutput(node, index, node.displayName() + "_output" + index) : output;
    }

    /** The node's attributes of these names, as far as it has them. */
    public Attribute[] attributes(String... names) {
        return Arrays.stream(names)
                .flatMap(name -> node.attribute(name).stream())
                .toArray(Attribute[]::new);
    }

    /** The gradient of the first output. */
    public Value dy() {
        return dy(0);
    }

    /** The gradient of output {@code index}, which has one. */
    public Value dy(int index) {
        Value gradient = outputGradients.get(index);
        if (gradient == null) {
            throw refuse("its output " + index + " has no gradient");
        }
        return gradient;
    }

    /** Whether output {@code index} has a gradient. */
    public boolean hasDy(int index) {
        return index < outputGradients.size() && outputGradients.get(index) != null;
    }

    /** Whether the gradient of input {@code index} leads to something that is trained. */
    public boolean wants(int index) {
        Value input = node.input(index);
        return input != null && wanted.test(input);
    }

    /** Gives the gradient of an input; it is built only if it is wanted. */
    public NodeGradient give(int index, Supplier<Value> gradient) {
        if (wants(index)) {
            given.put(index, gradient.get());
        }
        return this;
    }

    /** What has been given. */
    Map<Integer, Value> given() {
        return given;
    }

    /** The type of a value of the forward graph. */
    public ValueType type(Value value) {
        return types.type(value).orElseThrow(() -> refuse("the type of '" + value + "' is not known"));
    }

    /** The number format of a value of the forward graph. */
    public DType dtype(Value value) {
        return type(value).dtype();
    }

    /** The rank of a value of the forward graph. */
    public int rank(Value value) {
        int rank = type(value).rank();
        if (rank < 0) {
            throw refuse("the rank of '" + value + "' is not known");
        }
        return rank;
    }

    /** The length of a dimension of a value of the forward graph, if it is fixed. */
    public OptionalLong dim(Value value, int axis) {
        return type(value).dim(axis);
    }

    /** The shape of a value of the forward graph as int64: written down as far as it is known, asked for where it is not. */
    public Value shapeOf(Value value) {
        return type(value).dims().flatMap(dims -> lengths.shape(this, dims)).orElseGet(() -> shape(value));
    }

    /** A value under the shape of a value of the forward graph; a length of 0 is one, and not a copy of the length before. */
    public Value reshapedAs(Value x, Value forward) {
        Optional<Value> inferred = type(forward).dims().flatMap(dims -> lengths.target(this, dims));
        if (inferred.isPresent()) {
            return reshape(x, inferred.get());
        }
        return opset() >= ZERO_IS_A_LENGTH
                ? node("Reshape", List.of(x, shapeOf(forward)), Attribute.of("allowzero", 1L))
                : reshape(x, shapeOf(forward));
    }

    /** The length of an axis of a value of the forward graph, as a vector of one element. */
    public Value length(Value value, int axis) {
        int index = axis(value, axis);
        return type(value)
                .dims()
                .flatMap(dims -> lengths.shape(this, List.of(dims.get(index))))
                .orElseGet(() -> at(shape(value), index));
    }

    /** Whether the elements of a value of integers are the same in every run. */
    public boolean isKnown(Value value) {
        return types.known(value).isPresent();
    }

    /** The elements of a value of integers that are the same in every run. */
    public long[] longs(Value value) {
        return types.known(value).orElseThrow(() -> refuse("'" + value + "' is known only at run time"));
    }

    /** The elements of a constant of any type. */
    public double[] doubles(Value constant) {
        Tensor tensor = constant.constant()
                .orElseThrow(() -> refuse("'" + constant + "' is known only at run time"))
                .tensor(constant.name());
        return HostTensor.of(tensor).toDoubles();
    }

    /** An axis that may count from the end, counted from the start. */
    public int axis(Value value, long axis) {
        return Math.toIntExact(axis < 0 ? axis + rank(value) : axis);
    }

    /** A scalar in the number format of the first output. */
    public Value constant(double value) {
        return scalar(dtype(out()), value);
    }

    /**
     * A gradient of the output's shape, summed to the shape of an input that was broadcast.
     *
     * @param others what it was broadcast with
     * @param matched how many axes at the end were not broadcast: 2 for a batched product
     */
    public Value summedTo(Value gradient, Value input, List<Value> others, int matched) {
        return new Broadcasting(this).toInput(gradient, input, others, matched);
    }

    /** A gradient of the output's shape, summed to the shape of an input that was broadcast with the others. */
    public Value summed(Value gradient, int index) {
        return summedTo(gradient, in(index), inputsBut(index), 0);
    }

    /** The other inputs that the node has. */
    public List<Value> inputsBut(int index) {
        List<Value> others = new ArrayList<>();
        for (int other = 0; other < node.inputs().size(); other++) {
            if (other != index && has(other)) {
                others.add(in(other));
            }
        }
        return others;
    }

    /** A refusal to differentiate this node. */
    public GraftException refuse(String reason) {
        return new GraftException(
                ErrorCode.GRADIENT_UNSUPPORTED,
                "no gradient of " + node.opType() + " '" + node.displayName() + "': " + reason,
                Location.ofNode(null, node.displayName()),
                "Export the model in another way, or choose targets behind this node.");
    }
}
