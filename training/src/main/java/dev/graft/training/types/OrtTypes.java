package dev.graft.training.types;

import ai.onnxruntime.NodeInfo;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.OrtTensors;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The types of all values of a model's main graph as ONNX Runtime infers them, which does not follow shapes that are computed. */
final class OrtTypes {
    private OrtTypes() {}

    /** Asks ONNX Runtime. The model is as it was afterwards. */
    static Map<Value, ValueType> of(OnnxModel model) {
        Map<Value, ValueType> types = new HashMap<>();
        Graph graph = model.graph();
        for (Value value : graph.values()) {
            // an input with a default can be fed in any shape that its type allows
            if (!value.isGraphInput()) {
                value.initializer().ifPresent(data -> types.put(value, ofData(data)));
            }
            if (value.initializer().isEmpty() || value.isGraphInput()) {
                value.type().ifPresent(type -> types.put(value, type));
            }
        }
        List<Value> made = new ArrayList<>();
        for (Node node : graph.nodes()) {
            node.outputs().stream().filter(output -> output != null).forEach(made::add);
        }
        Map<String, ValueDescription> inferred = infer(model, made);
        List<Value> unclear = new ArrayList<>();
        for (Value value : made) {
            ValueDescription description = inferred.get(value.name());
            Optional<TensorData> constant = value.constant();
            if (constant.isPresent()) {
                types.put(value, ofData(constant.get()));
            } else if (description != null && description.dtype() != null) {
                types.put(value, of(description));
                if (description.rank() == 0) {
                    unclear.add(value);
                }
            }
        }
        forgetUnknownRanks(model, unclear, types);
        return types;
    }

    private static Map<String, ValueDescription> infer(OnnxModel model, List<Value> wanted) {
        GraphEditor editor = new GraphEditor(model);
        List<Value> added =
                wanted.stream().filter(value -> !value.isGraphOutput()).toList();
        added.forEach(editor::addGraphOutput);
        try (OrtGraph graph = OrtGraph.open(model, GraphSettings.DEFAULT.withoutOptimization())) {
            Map<String, ValueDescription> found = new LinkedHashMap<>();
            for (Map.Entry<String, NodeInfo> output : graph.outputs().entrySet()) {
                found.put(
                        output.getKey(),
                        OrtTensors.describe(output.getKey(), output.getValue().getInfo()));
            }
            return found;
        } finally {
            added.forEach(editor::removeGraphOutput);
        }
    }

    /** ONNX Runtime describes a scalar and a value of unknown rank alike; the length of its Shape tells them apart. */
    private static void forgetUnknownRanks(OnnxModel model, List<Value> unclear, Map<Value, ValueType> types) {
        if (unclear.isEmpty()) {
            return;
        }
        GraphEditor editor = new GraphEditor(model);
        GraphBuilder g = editor.atEnd(model.graph()).named("graft/rank");
        Map<Value, Value> shapes = new LinkedHashMap<>();
        unclear.forEach(value -> shapes.put(value, g.node("Shape", value)));
        Map<String, ValueDescription> inferred = infer(model, List.copyOf(shapes.values()));
        shapes.forEach((value, shape) -> {
            ValueDescription found = inferred.get(shape.name());
            if (found == null || !found.dims().equals(List.of(new Dimension.Fixed(0)))) {
                types.computeIfPresent(value, (any, type) -> new ValueType(type.dtype(), Optional.empty()));
            }
        });
        shapes.values().forEach(shape -> editor.remove(shape.producer().orElseThrow()));
    }

    private static ValueType of(ValueDescription description) {
        List<Dim> dims = description.dims().stream().map(OrtTypes::dim).toList();
        return new ValueType(Objects.requireNonNull(description.dtype()), Optional.of(dims));
    }

    private static Dim dim(Dimension dimension) {
        return dimension instanceof Dimension.Fixed fixed
                ? new Dim.Fixed(fixed.length())
                : new Dim.Symbolic(((Dimension.Symbolic) dimension).name());
    }

    private static ValueType ofData(TensorData data) {
        List<Dim> dims = Arrays.stream(data.shape().toArray())
                .<Dim>mapToObj(Dim.Fixed::new)
                .toList();
        return new ValueType(data.dtype(), Optional.of(dims));
    }
}
