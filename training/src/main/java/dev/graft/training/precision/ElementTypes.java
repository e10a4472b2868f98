package dev.graft.training.precision;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The number formats of a graph's values by ONNX's own rules, for graphs that ONNX Runtime on a processor does not load and therefore
 * says nothing of: of most operators it is the first input's.
 */
final class ElementTypes {
    private static final Set<String> BOOL = Set.of(
            "And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor");
    private static final Set<String> INT64 = Set.of("ArgMax", "ArgMin", "NonZero", "Shape", "Size");
    private static final Set<String> STATISTICS = Set.of("LayerNormalization", "SimplifiedLayerNormalization");
    /** Operators whose format is that of another input than the first. */
    private static final Map<String, Integer> BY_INPUT =
            Map.of("Where", 1, "DequantizeLinear", 1, "CastLike", 1, "OneHot", 2);

    private final Map<Value, DType> formats = new HashMap<>();

    private ElementTypes() {}

    /** The formats of the values of a graph whose nodes are in order; those of control flow are left out. */
    static Map<Value, DType> of(Graph graph) {
        ElementTypes types = new ElementTypes();
        for (Value value : graph.values()) {
            value.initializer().map(TensorData::dtype).ifPresent(format -> types.formats.put(value, format));
        }
        graph.inputs()
                .forEach(input ->
                        input.type().map(ValueType::dtype).ifPresent(format -> types.formats.put(input, format)));
        graph.nodes().forEach(types::visit);
        return types.formats;
    }

    private void visit(Node node) {
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            if (output != null) {
                format(node, i).ifPresent(format -> formats.put(output, format));
            }
        }
    }

    private Optional<DType> format(Node node, int output) {
        String operator = node.opType();
        if (!node.subgraphs().isEmpty()) {
            return Optional.empty();
        }
        if (BOOL.contains(operator) || operator.equals("Dropout") && output == 1) {
            return Optional.of(DType.BOOL);
        }
        if (INT64.contains(operator) || Set.of("TopK", "MaxPool").contains(operator) && output == 1) {
            return Optional.of(DType.INT64);
        }
        if (STATISTICS.contains(operator) && output > 0) {
            return Optional.of(DType.FLOAT32);
        }
        return switch (operator) {
            case "Cast" -> DType.ofOnnxNumber(node.intAttribute("to", 0));
            case "Constant" -> node.output(0).constant().map(TensorData::dtype);
            case "ConstantOfShape" ->
                Optional.of(node.tensorAttribute("value").map(TensorData::dtype).orElse(DType.FLOAT32));
            default -> ofInput(node, BY_INPUT.getOrDefault(operator, 0));
        };
    }

    private Optional<DType> ofInput(Node node, int index) {
        return Optional.ofNullable(node.input(index)).map(formats::get);
    }
}
