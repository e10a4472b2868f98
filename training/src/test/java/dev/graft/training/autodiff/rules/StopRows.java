package dev.graft.training.autodiff.rules;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** For every operator through which nothing flows: how it is applied to a matrix x. */
final class StopRows {
    private static final Map<String, BiFunction<GraphBuilder, Value, Value>> ROWS = rows();

    private StopRows() {}

    static List<String> operators() {
        return List.copyOf(ROWS.keySet());
    }

    /** A value that the operator computes from x. */
    static Value apply(String operator, GraphBuilder g, Value x) {
        return ROWS.get(operator).apply(g, x);
    }

    private static Map<String, BiFunction<GraphBuilder, Value, Value>> rows() {
        Map<String, BiFunction<GraphBuilder, Value, Value>> rows = new TreeMap<>();
        for (String unary : List.of("Sign", "Floor", "Ceil", "Round", "ArgMax", "ArgMin", "IsInf", "IsNaN")) {
            rows.put(unary, (g, x) -> g.node(unary, x));
        }
        for (String unary : List.of("Shape", "Size", "EyeLike")) {
            rows.put(unary, (g, x) -> g.node(unary, x));
        }
        for (String single : List.of("Hardmax", "NonZero")) {
            rows.put(single, (g, x) -> g.node(single, g.cast(x, DType.FLOAT32)));
        }
        for (String comparison : List.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")) {
            rows.put(comparison, (g, x) -> g.node(comparison, x, g.scalar(DType.FLOAT64, 0.1)));
        }
        for (String logical : List.of("And", "Or", "Xor")) {
            rows.put(logical, (g, x) -> g.node(logical, positive(g, x), positive(g, g.node("Neg", x))));
        }
        rows.put("Not", (g, x) -> g.node("Not", positive(g, x)));
        rows.put("ConstantOfShape", (g, x) -> g.node("ConstantOfShape", g.node("Shape", x)));
        rows.put("Constant", (g, x) -> g.add(g.node("Shape", x), constant(g)));
        rows.put("Range", (g, x) -> g.node("Range", zero(g), g.node("ReduceMax", "", List.of(x), flat()), one(g)));
        rows.put("OneHot", (g, x) -> g.node("OneHot", g.node("ArgMax", x), g.ints(4), g.ints(0, 1)));
        rows.put(
                "QuantizeLinear",
                (g, x) -> g.node("QuantizeLinear", g.cast(x, DType.FLOAT32), g.scalar(DType.FLOAT32, 0.25)));
        return rows;
    }

    private static List<Attribute> flat() {
        return List.of(Attribute.of("keepdims", 0));
    }

    private static Value positive(GraphBuilder g, Value x) {
        return g.node("Greater", x, zero(g));
    }

    private static Value zero(GraphBuilder g) {
        return g.scalar(DType.FLOAT64, 0);
    }

    private static Value one(GraphBuilder g) {
        return g.scalar(DType.FLOAT64, 1);
    }

    private static Value constant(GraphBuilder g) {
        Tensor five = Tensor.ofDoubles("five", DType.FLOAT64, Shape.of(), 5);
        Value constant = g.node("Constant", "", List.of(), List.of(Attribute.of("value", TensorData.of(five))));
        return g.cast(constant, DType.INT64);
    }
}
