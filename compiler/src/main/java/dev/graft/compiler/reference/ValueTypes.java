package dev.graft.compiler.reference;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The number formats of a model's values: what the file says, and where it says nothing what follows from the operators. */
final class ValueTypes {
    private static final Set<String> BOOLEAN = Set.of(
            "And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor");
    private static final Set<String> INTEGER = Set.of("ArgMax", "ArgMin", "NonZero", "SequenceLength", "Shape", "Size");

    private final Map<Value, DType> known = new HashMap<>();

    private ValueTypes() {}

    /** The formats of all values of a model. */
    static ValueTypes of(OnnxModel model) {
        ValueTypes types = new ValueTypes();
        types.addGraph(model.graph());
        return types;
    }

    /** Whether a value is floating-point of at most 32 bits: it becomes a double. */
    boolean isNarrowFloat(@Nullable Value value) {
        DType dtype = value == null ? null : known.get(value);
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }

    private void addGraph(Graph graph) {
        for (Value value : graph.values()) {
            value.type()
                    .map(ValueType::dtype)
                    .or(() -> value.initializer().map(TensorData::dtype))
                    .ifPresent(dtype -> known.put(value, dtype));
        }
        graph.nodes().forEach(this::addNode);
    }

    private void addNode(Node node) {
        enterBodies(node);
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            if (output != null && !known.containsKey(output)) {
                int index = i;
                output(node, index).ifPresent(dtype -> known.put(output, dtype));
            }
        }
    }

    /** Loop hands a counter, a condition and its carried values to its body; Scan hands on its inputs. */
    private void enterBodies(Node node) {
        for (Graph body : node.subgraphs()) {
            List<Value> parameters = body.inputs();
            for (int i = 0; i < parameters.size(); i++) {
                boolean counter = node.is("Loop") && i == 0;
                boolean condition = node.is("Loop") && i == 1;
                DType dtype = counter ? DType.INT64 : condition ? DType.BOOL : typeOf(node.input(i));
                if (dtype != null) {
                    known.putIfAbsent(parameters.get(i), dtype);
                }
            }
            addGraph(body);
        }
    }

    private Optional<DType> output(Node node, int index) {
        if (BOOLEAN.contains(node.opType())) {
            return Optional.of(DType.BOOL);
        }
        if (INTEGER.contains(node.opType())) {
            return Optional.of(DType.INT64);
        }
        return switch (node.opType()) {
            case "Cast" -> DType.ofOnnxNumber(node.intAttribute("to", 0));
            case "CastLike", "Where" -> Optional.ofNullable(typeOf(node.input(1)));
            case "Constant" -> constant(node);
            case "ConstantOfShape" ->
                Optional.of(node.tensorAttribute("value").map(TensorData::dtype).orElse(DType.FLOAT32));
            case "OneHot" -> Optional.ofNullable(typeOf(node.input(2)));
            case "DequantizeLinear" -> Optional.ofNullable(typeOf(node.input(1)));
            case "QuantizeLinear" -> Optional.ofNullable(typeOf(node.input(2)));
            case "DynamicQuantizeLinear" -> Optional.of(index == 1 ? DType.FLOAT32 : DType.UINT8);
            case "MatMulInteger", "ConvInteger" -> Optional.of(DType.INT32);
            case "TopK" -> index == 1 ? Optional.of(DType.INT64) : Optional.ofNullable(typeOf(node.input(0)));
            case "RandomNormal", "RandomUniform" ->
                DType.ofOnnxNumber(node.intAttribute("dtype", DType.FLOAT32.onnxNumber()));
            case "If", "Loop", "Scan" -> Optional.ofNullable(bodyOutput(node, index));
            default -> Optional.ofNullable(firstKnown(node));
        };
    }

    private Optional<DType> constant(Node node) {
        for (Attribute attribute : node.attributes()) {
            if (attribute.value() instanceof Attribute.TensorValue tensor) {
                return Optional.of(tensor.tensor().dtype());
            }
            if (attribute.value() instanceof Attribute.IntValue || attribute.value() instanceof Attribute.IntsValue) {
                return Optional.of(DType.INT64);
            }
        }
        return Optional.of(DType.FLOAT32);
    }

    private @Nullable DType bodyOutput(Node node, int index) {
        List<Value> outputs = node.subgraphs().get(0).outputs();
        int shift = node.is("Loop") ? 1 : 0;
        return index + shift < outputs.size() ? known.get(outputs.get(index + shift)) : null;
    }

    /** Most operators give back the format of what they compute with; an index or a mask among the inputs is not it. */
    private @Nullable DType firstKnown(Node node) {
        DType found = typeOf(node.input(0));
        for (int i = 1; i < node.inputs().size() && !isFloat(found); i++) {
            boolean fused = !node.domain().isEmpty() && !node.domain().equals("ai.onnx");
            DType other = typeOf(node.input(i));
            if (found == null || fused && isFloat(other)) {
                found = other;
            }
        }
        return found;
    }

    private static boolean isFloat(@Nullable DType dtype) {
        return dtype != null && dtype.isFloat();
    }

    private @Nullable DType typeOf(@Nullable Value value) {
        return value == null ? null : known.get(value);
    }
}
