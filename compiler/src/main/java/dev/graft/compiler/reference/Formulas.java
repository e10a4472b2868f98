package dev.graft.compiler.reference;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formulas in double precision, as nodes. */
final class Formulas {
    /** From this version on ReduceMean takes its axes as an input. */
    private static final long AXES_AS_INPUT = 18;

    private final GraphBuilder g;
    private final OnnxModel model;

    Formulas(GraphBuilder g, OnnxModel model) {
        this.g = g;
        this.model = model;
    }

    GraphBuilder builder() {
        return g;
    }

    /** Input {@code index}, which the operator requires. */
    Value input(Node node, int index) {
        Value value = node.input(index);
        if (value == null) {
            throw new IllegalArgumentException(node + " leaves out input " + index);
        }
        return value;
    }

    Value constant(double value) {
        return g.scalar(DType.FLOAT64, value);
    }

    Value add(Value a, Value b) {
        return g.add(a, b);
    }

    /** The sum, or the value itself where there is nothing to add. */
    Value plus(Value a, @Nullable Value b) {
        return b == null ? a : g.add(a, b);
    }

    /** The mean along axes, which stay with length 1. */
    Value mean(Value x, long... axes) {
        return model.opset("").orElse(1) >= AXES_AS_INPUT
                ? g.node("ReduceMean", x, g.ints(axes))
                : g.node("ReduceMean", "", List.of(x), List.of(Attribute.ofInts("axes", axes)));
    }

    Value erf(Value x) {
        return new ErrorFunction(this).of(x);
    }

    boolean isTanh(Node node) {
        return node.stringAttribute("approximate", "none").equals("tanh");
    }

    /** {@code x/2 · (1 + erf(x/√2))} */
    Value gelu(Value x) {
        Value inner = g.add(erf(g.mul(x, constant(Math.sqrt(0.5)))), constant(1));
        return g.mul(g.mul(x, constant(0.5)), inner);
    }

    /** {@code x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))} */
    Value tanhGelu(Value x) {
        Value cube = g.mul(g.mul(x, x), x);
        Value inner = g.mul(g.add(x, g.mul(cube, constant(0.044715))), constant(Math.sqrt(2 / Math.PI)));
        return g.mul(g.mul(x, constant(0.5)), g.add(g.node("Tanh", inner), constant(1)));
    }

    /** {@code x · sigmoid(alpha · x)} */
    Value quickGelu(Value x, double alpha) {
        return g.mul(x, sigmoid(g.mul(x, constant(alpha))));
    }

    /** {@code 1 / (1 + exp(-x))} */
    Value sigmoid(Value x) {
        return g.node("Reciprocal", g.add(constant(1), g.node("Exp", g.node("Neg", x))));
    }

    /** {@code max(x, 0) + alpha · min(x, 0)} */
    Value leakyRelu(Value x, double alpha) {
        Value zero = constant(0);
        return g.add(g.node("Max", x, zero), g.mul(g.node("Min", x, zero), constant(alpha)));
    }

    /** {@code max(x, 0) + log(1 + exp(-|x|))} */
    Value softplus(Value x) {
        Value small = g.node("Exp", g.node("Neg", g.node("Abs", x)));
        return g.add(g.node("Max", x, constant(0)), g.node("Log", g.add(small, constant(1))));
    }

    /** The mean over all axes behind the second of a batch of images. */
    Value globalAverage(Value x) {
        int rank = x.type().map(type -> type.rank()).orElse(4);
        long[] axes = new long[rank < 3 ? 2 : rank - 2];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i + 2L;
        }
        return mean(x, axes);
    }
}
