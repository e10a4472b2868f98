package dev.graft.training.autodiff;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Formulas as nodes, in the words of the model's operator set: from one version to the next axes have moved from attributes to
 * inputs. Values of all floating-point types; constants are written in the type that is asked for.
 */
public class Formulas {
    private static final long SPLIT_SIZES_AS_INPUT = 13;
    private static final long SUM_AXES_AS_INPUT = 13;
    private static final long REDUCE_AXES_AS_INPUT = 18;
    private static final long EQUAL_OF_FLOATS = 11;

    private final GraphEditor editor;
    private final GraphBuilder g;
    private final long opset;

    /** Formulas written by a builder. */
    public Formulas(GraphEditor editor, GraphBuilder g) {
        this.editor = editor;
        this.g = g;
        this.opset = editor.model().opset("").orElse(1);
    }

    /** The builder. */
    public final GraphBuilder builder() {
        return g;
    }

    /** The version of ONNX's own operator set. */
    public final long opset() {
        return opset;
    }

    /** A node of ONNX's own operators. */
    public final Value node(String operator, Value... inputs) {
        return g.node(operator, inputs);
    }

    /** A node with attributes. */
    public final Value node(String operator, List<Value> inputs, Attribute... attributes) {
        return g.node(operator, "", inputs, Arrays.asList(attributes));
    }

    /** A node of ONNX Runtime's own operators. */
    public final Value microsoft(String operator, List<Value> inputs, Attribute... attributes) {
        editor.importOpset(GraphBuilder.MICROSOFT, 1);
        return g.node(operator, GraphBuilder.MICROSOFT, inputs, Arrays.asList(attributes));
    }

    /** The sum, broadcast. */
    public final Value add(Value a, Value b) {
        return g.add(a, b);
    }

    /** The difference, broadcast. */
    public final Value sub(Value a, Value b) {
        return g.sub(a, b);
    }

    /** The elementwise product, broadcast. */
    public final Value mul(Value a, Value b) {
        return g.mul(a, b);
    }

    /** The elementwise quotient, broadcast. */
    public final Value div(Value a, Value b) {
        return g.div(a, b);
    }

    /** The value with the other sign. */
    public final Value neg(Value x) {
        return g.node("Neg", x);
    }

    /** {@code a·b}, each transposed (in its last two axes) where said, times a factor; leading axes as numpy's matmul. */
    public final Value product(Value a, boolean transposeA, Value b, boolean transposeB, float factor) {
        if (!transposeA && !transposeB && factor == 1) {
            return g.matMul(a, b);
        }
        return microsoft(
                "FusedMatMul",
                List.of(a, b),
                Attribute.of("transA", transposeA ? 1L : 0L),
                Attribute.of("transB", transposeB ? 1L : 0L),
                Attribute.of("alpha", factor));
    }

    /** A scalar. */
    public final Value scalar(DType dtype, double value) {
        return g.scalar(dtype, value);
    }

    /** Floating-point values in one dimension. */
    public final Value floats(DType dtype, double... values) {
        return g.initializer("graft/floats", Tensor.ofDoubles("floats", dtype, Shape.of(values.length), values));
    }

    /** Int64 values in one dimension. */
    public final Value ints(long... values) {
        return g.ints(values);
    }

    /** An int64 scalar. */
    public final Value index(long value) {
        return g.index(value);
    }

    /** The shape as int64. */
    public final Value shape(Value x) {
        return g.node("Shape", x);
    }

    /** The value under another shape that is a value itself. */
    public final Value reshape(Value x, Value shape) {
        return g.node("Reshape", x, shape);
    }

    /** The value under the shape that another value has. */
    public final Value reshapeLike(Value x, Value like) {
        return reshape(x, shape(like));
    }

    /** The sum along axes. */
    public final Value sum(Value x, boolean keep, long... axes) {
        return reduce("ReduceSum", x, keep, axes);
    }

    /** The mean along axes. */
    public final Value mean(Value x, boolean keep, long... axes) {
        return reduce("ReduceMean", x, keep, axes);
    }

    /** The sum along axes that are a value themselves, which stay with length 1; all of none (from opset 13 on). */
    public final Value sumAlong(Value x, Value axes) {
        return node(
                "ReduceSum", List.of(x, axes), Attribute.of("keepdims", 1L), Attribute.of("noop_with_empty_axes", 1L));
    }

    /** One of the operators that reduce along axes; the value itself where there are none. */
    public final Value reduce(String operator, Value x, boolean keep, long... axes) {
        if (axes.length == 0) {
            return x;
        }
        Attribute kept = Attribute.of("keepdims", keep ? 1L : 0L);
        return opset >= (operator.equals("ReduceSum") ? SUM_AXES_AS_INPUT : REDUCE_AXES_AS_INPUT)
                ? node(operator, List.of(x, ints(axes)), kept)
                : node(operator, List.of(x), Attribute.ofInts("axes", axes), kept);
    }

    /** One or the other, element by element. */
    public final Value where(Value condition, Value then, Value otherwise) {
        return node("Where", condition, then, otherwise);
    }

    /** Whether the elements are equal; before operator set 11 that is not defined for floats. */
    public final Value equal(Value a, Value b) {
        return opset >= EQUAL_OF_FLOATS
                ? node("Equal", a, b)
                : node("Not", node("Or", node("Greater", a, b), node("Less", a, b)));
    }

    /** 1 where a condition holds and 0 elsewhere. */
    public final Value indicator(Value condition, DType dtype) {
        return cast(condition, dtype);
    }

    /** New axes of length 1. */
    public final Value unsqueeze(Value x, long... axes) {
        return opset >= SUM_AXES_AS_INPUT
                ? node("Unsqueeze", x, ints(axes))
                : node("Unsqueeze", List.of(x), Attribute.ofInts("axes", axes));
    }

    /** Axes of length 1 taken away. */
    public final Value squeeze(Value x, long... axes) {
        return opset >= SUM_AXES_AS_INPUT
                ? node("Squeeze", x, ints(axes))
                : node("Squeeze", List.of(x), Attribute.ofInts("axes", axes));
    }

    /** The part from {@code starts} to before {@code ends} along each of the axes. */
    public final Value slice(Value x, Value starts, Value ends, Value axes) {
        return node("Slice", x, starts, ends, axes);
    }

    /** Parts whose lengths are a value. */
    public final List<Value> split(Value x, long axis, Value lengths, int parts) {
        if (opset < SPLIT_SIZES_AS_INPUT) {
            return splitBySlices(x, axis, lengths, parts);
        }
        return g.nodes("Split", "", List.of(x, lengths), List.of(Attribute.of("axis", axis)), parts);
    }

    private List<Value> splitBySlices(Value x, long axis, Value lengths, int parts) {
        Value ends = node("CumSum", lengths, g.index(0));
        Value starts = sub(ends, lengths);
        List<Value> made = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            made.add(slice(x, at(starts, i), at(ends, i), ints(axis)));
        }
        return made;
    }

    /** Element {@code index} of a one-dimensional value, in one dimension. */
    public final Value at(Value list, long... index) {
        return g.gather(list, ints(index), 0);
    }

    /** Zeros of a shape that is a value. */
    public final Value zeros(DType dtype, Value shape) {
        return filled(dtype, shape, 0);
    }

    /** One number everywhere, in a shape that is a value. */
    public final Value filled(DType dtype, Value shape, double value) {
        Tensor one = Tensor.ofDoubles("value", dtype, Shape.of(1), value);
        return node("ConstantOfShape", List.of(shape), Attribute.of("value", TensorData.of(one)));
    }

    /** The value in another number format. */
    public final Value cast(Value x, DType dtype) {
        return g.cast(x, dtype);
    }
}
