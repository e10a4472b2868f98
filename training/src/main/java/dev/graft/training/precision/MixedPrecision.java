package dev.graft.training.precision;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.types.GraphTypes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings a forward graph's products into 16 bits, as PyTorch's autocast does: products of activations in the low format; what works element by
 * element or moves elements follows its inputs, in float32 where they differ; everything else, norms and softmax above all, in float32.
 *
 * <p>A product of positions and constants only (the angles of a rotation) is no product of activations: its numbers are exact in float32
 * and off by whole radians in 8 bits of mantissa.
 */
final class MixedPrecision {
    private static final Set<String> PRODUCTS =
            Set.of("MatMul", "Gemm", "FusedMatMul", "Conv", "ConvTranspose", "Einsum");
    private static final Set<String> FOLLOWING = Set.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Neg",
            "Abs",
            "Sum",
            "Min",
            "Max",
            "Where",
            "Relu",
            "Sigmoid",
            "Tanh",
            "Erf",
            "Gelu",
            "BiasGelu",
            "FastGelu",
            "QuickGelu",
            "HardSwish",
            "HardSigmoid",
            "Identity",
            "Dropout",
            "Reshape",
            "Flatten",
            "Transpose",
            "Squeeze",
            "Unsqueeze",
            "Expand",
            "Tile",
            "Concat",
            "Split",
            "Slice",
            "Gather",
            "GatherElements",
            "GatherND",
            "Trilu",
            "AveragePool");
    private static final Set<String> LOOKUPS = Set.of("Gather", "GatherElements", "GatherND");
    /** A constant of so few elements is rounded here, to the nearest number that the format has: a mask's lowest stays finite. */
    private static final long SMALL = 4096;

    private final OnnxModel model;
    private final GraphEditor editor;
    private final GraphTypes types;
    private final DType low;
    private final Value trained;
    private final Kernels kernels = Kernels.ofCuda();
    private final Set<Value> activations = new HashSet<>();
    private final Map<Value, Value> lowered = new HashMap<>();
    private final Map<Value, Value> raised = new HashMap<>();

    /** @param trained the input that is no activation: what is trained */
    MixedPrecision(OnnxModel model, GraphTypes types, DType low, Value trained) {
        this.model = model;
        this.editor = new GraphEditor(model);
        this.types = types;
        this.low = low;
        this.trained = trained;
    }

    void apply() {
        Graph graph = model.graph();
        graph.inputs().stream()
                .filter(types::isFloat)
                .filter(input -> input != trained)
                .forEach(activations::add);
        for (Node node : graph.nodes()) {
            boolean active = isActive(node);
            if (active) {
                node.outputs().stream().filter(output -> output != null).forEach(activations::add);
            }
            if (isLow(node, active)) {
                runLow(node);
            } else {
                runHigh(node);
            }
        }
        raiseInBodies(graph);
    }

    /** Bodies of control flow are left as they are and read float32. */
    private void raiseInBodies(Graph graph) {
        for (Value value : List.copyOf(graph.values())) {
            if (isOf(value, low)) {
                for (Value.Use use : List.copyOf(value.uses())) {
                    if (use.node().graph() != graph) {
                        editor.replaceInput(use.node(), use.input(), raised(value));
                    }
                }
            }
        }
    }

    /** Whether what a node gives depends on the numbers that a batch brings, not on its lengths and positions alone. */
    private boolean isActive(Node node) {
        boolean looksUp = LOOKUPS.contains(node.opType())
                && node.input(0) != null
                && types.isFloat(node.input(0))
                && node.input(1) != null
                && node.input(1).constant().isEmpty();
        return looksUp || node.inputs().stream().anyMatch(activations::contains);
    }

    private boolean isLow(Node node, boolean active) {
        if (!node.subgraphs().isEmpty() || !kernels.has(model, node, low)) {
            return false;
        }
        if (PRODUCTS.contains(node.opType())) {
            return active;
        }
        return FOLLOWING.contains(node.opType()) && followsLow(node);
    }

    private boolean followsLow(Node node) {
        List<Value> floats = node.inputs().stream()
                .filter(input -> input != null && types.isFloat(input))
                .filter(input -> input.constant().isEmpty())
                .toList();
        return !floats.isEmpty() && floats.stream().allMatch(input -> isOf(input, low));
    }

    private void runLow(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input != null && isOf(input, DType.FLOAT32)) {
                editor.replaceInput(node, i, lowered(input));
            }
        }
        for (Value output : node.outputs()) {
            if (output != null && isOf(output, DType.FLOAT32)) {
                retype(output);
            }
        }
    }

    private void runHigh(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input != null && isOf(input, low)) {
                editor.replaceInput(node, i, raised(input));
            }
        }
    }

    private Value lowered(Value value) {
        Value known = lowered.get(value);
        if (known == null) {
            known = original(value).or(() -> rounded(value)).orElseGet(() -> cast(value, low));
            lowered.put(value, known);
        }
        return known;
    }

    /** What was widened before, by whoever wrote the model. */
    private Optional<Value> original(Value value) {
        return value.producer()
                .filter(node -> node.is("Cast"))
                .flatMap(node -> Optional.ofNullable(node.input(0)))
                .filter(source -> isOf(source, low));
    }

    private Optional<Value> rounded(Value value) {
        Optional<TensorData> small =
                value.constant().filter(data -> data.shape().elements() <= SMALL);
        return small.map(data -> {
            double largest = low == DType.FLOAT16 ? 65504 : 0x1.FEp127;
            double[] values = Arrays.stream(
                            HostTensor.of(data.tensor(value.name())).toDoubles())
                    .map(x -> Double.isInfinite(x) ? x : Math.max(-largest, Math.min(largest, x)))
                    .toArray();
            Value made = editor.addInitializer(
                    model.graph(),
                    value.name() + "." + low.displayName(),
                    TensorData.of(Tensor.ofDoubles(value.name(), low, data.shape(), values)));
            types.put(made, typeOf(value).withDtype(low));
            return made;
        });
    }

    private Value raised(Value value) {
        return raised.computeIfAbsent(value, any -> cast(value, DType.FLOAT32));
    }

    private Value cast(Value value, DType format) {
        GraphBuilder g = value.producer()
                .map(editor::after)
                .orElseGet(() -> editor.atStart(model.graph()))
                .named("graft/precision/" + value.name());
        Value cast = g.cast(value, format);
        types.put(cast, typeOf(value).withDtype(format));
        return cast;
    }

    private void retype(Value value) {
        ValueType type = typeOf(value).withDtype(low);
        types.put(value, type);
        if (value.type().isPresent()) {
            editor.setType(value, type);
        }
    }

    private boolean isOf(Value value, DType format) {
        return types.type(value).filter(type -> type.dtype() == format).isPresent();
    }

    private ValueType typeOf(Value value) {
        return types.type(value).orElseThrow();
    }
}
