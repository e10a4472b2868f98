package dev.graft.compiler.reference;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Turns a model into its float64 reference. */
public final class Float64Pass implements ModelPass {
    private static final Set<String> TYPED_BY_ATTRIBUTE =
            Set.of("EyeLike", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike");

    private final List<String> islandNames = new ArrayList<>();

    /** The operators that still compute in single precision, with their nodes' names, after the pass has run. */
    public List<String> islands() {
        return List.copyOf(islandNames);
    }

    @Override
    public void requires(OnnxModel model) {
        if (!model.functions().isEmpty()) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model has local functions, of which no float64 reference can be made",
                    model.file().map(Location::ofFile).orElse(Location.NONE),
                    "Inline the functions with the exporter or with onnx.inliner.");
        }
    }

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        ValueTypes types = ValueTypes.of(model);
        Expansions expansions = new Expansions(editor);
        Islands islands = new Islands(editor, types);
        for (Graph graph : model.graphs()) {
            graph.nodes().forEach(node -> widen(editor, types, expansions, islands, node));
        }
        for (Graph graph : model.graphs()) {
            graph.values().stream()
                    .filter(value -> types.isNarrowFloat(value) && !islands.isNarrow(value))
                    .forEach(value -> widen(editor, value));
            editor.removeUnused(graph);
        }
        return new PassResult(model, true);
    }

    private void widen(GraphEditor editor, ValueTypes types, Expansions expansions, Islands islands, Node node) {
        boolean floats = node.inputs().stream().anyMatch(types::isNarrowFloat)
                || node.outputs().stream().anyMatch(types::isNarrowFloat);
        if (!floats) {
            return;
        }
        if (expansions.expand(node)) {
            return;
        }
        if (DoubleKernels.has(editor.model(), node)) {
            widenAttributes(editor, node);
        } else if (TYPED_BY_ATTRIBUTE.contains(node.opType())) {
            editor.setAttribute(node, Attribute.of("dtype", DType.FLOAT64.onnxNumber()));
        } else {
            islandNames.add(node.opType() + " '" + node.displayName() + "'");
            islands.surround(node);
        }
    }

    private static void widenAttributes(GraphEditor editor, Node node) {
        if (node.is("Cast")) {
            DType to = DType.ofOnnxNumber(node.intAttribute("to", 0)).orElse(DType.FLOAT64);
            if (to.isFloat()) {
                editor.setAttribute(node, Attribute.of("to", DType.FLOAT64.onnxNumber()));
            }
        } else if (node.is("ConstantOfShape") && node.attribute("value").isEmpty()) {
            Tensor zero = Tensor.ofDoubles("value", DType.FLOAT64, Shape.of(1), 0);
            editor.setAttribute(node, Attribute.of("value", TensorData.of(zero)));
        } else if (node.is("EyeLike")) {
            editor.setAttribute(node, Attribute.of("dtype", DType.FLOAT64.onnxNumber()));
        } else if (node.is("Constant") || node.is("ConstantOfShape")) {
            widenConstant(editor, node);
        }
    }

    private static void widenConstant(GraphEditor editor, Node node) {
        for (Attribute attribute : List.copyOf(node.attributes())) {
            if (attribute.value() instanceof Attribute.TensorValue value) {
                Tensor wide = value.tensor().tensor(node.displayName()).inFormat(DType.FLOAT64);
                editor.setAttribute(node, Attribute.of(attribute.name(), TensorData.of(wide)));
            } else if (attribute.value() instanceof Attribute.FloatValue value) {
                replaceConstant(editor, node, attribute, Shape.of(), value.value());
            } else if (attribute.value() instanceof Attribute.FloatsValue values) {
                double[] wide =
                        values.values().stream().mapToDouble(Float::doubleValue).toArray();
                replaceConstant(editor, node, attribute, Shape.of(wide.length), wide);
            }
        }
    }

    private static void replaceConstant(GraphEditor editor, Node node, Attribute old, Shape shape, double... values) {
        editor.removeAttribute(node, old.name());
        Tensor wide = Tensor.ofDoubles("value", DType.FLOAT64, shape, values);
        editor.setAttribute(node, Attribute.of("value", TensorData.of(wide)));
    }

    private static void widen(GraphEditor editor, Value value) {
        value.initializer().ifPresent(data -> {
            Tensor wide = data.tensor(value.name()).inFormat(DType.FLOAT64);
            editor.setInitializer(value, TensorData.of(wide));
        });
        value.type().map(ValueType::dims).ifPresent(dims -> editor.setType(value, new ValueType(DType.FLOAT64, dims)));
    }
}
