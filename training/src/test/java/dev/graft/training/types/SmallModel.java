package dev.graft.training.types;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.ValueType;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A model of a few nodes, and what is found out about it without ONNX Runtime's help, which only says whether it is one and its number formats. */
final class SmallModel {
    private final OnnxModel model = OnnxModel.create(11, 23);
    private final GraphEditor editor = new GraphEditor(model);
    private final GraphBuilder g = editor.atEnd(model.graph());

    SmallModel() {
        editor.importOpset("com.microsoft", 1);
    }

    /** A float32 input; dimensions are separated by spaces: numbers, names, {@code ?} for one without a name. */
    Value x(String dims) {
        return input(DType.FLOAT32, dims);
    }

    /** An int64 input. */
    Value i(String dims) {
        return input(DType.INT64, dims);
    }

    Value input(DType dtype, String dims) {
        Dim[] list = Arrays.stream(dims.split(" "))
                .filter(dim -> !dim.isEmpty())
                .map(dim -> Character.isDigit(dim.charAt(0))
                        ? new Dim.Fixed(Long.parseLong(dim))
                        : new Dim.Symbolic(dim.equals("?") ? "" : dim))
                .toArray(Dim[]::new);
        return editor.addGraphInput(model.graph(), "input", ValueType.of(dtype, list));
    }

    Value ints(long... values) {
        return g.ints(values);
    }

    Value index(long value) {
        return g.index(value);
    }

    Value scalar(double value) {
        return g.scalar(DType.FLOAT32, value);
    }

    Value op(String operator, List<? extends @Nullable Value> inputs, Attribute... attributes) {
        return ops(1, operator, inputs, attributes).get(0);
    }

    Value op(String operator, Value... inputs) {
        return op(operator, List.of(inputs));
    }

    List<Value> ops(int outputs, String operator, List<? extends @Nullable Value> inputs, Attribute... attributes) {
        int dot = operator.lastIndexOf('.');
        String domain = dot < 0 ? "" : operator.substring(0, dot);
        return g.nodes(operator.substring(dot + 1), domain, inputs, List.of(attributes), outputs);
    }

    Value shape(Value x) {
        return op("Shape", x);
    }

    /** The dimensions of a value and, behind a colon, its elements where some are known. */
    String said(Value value) {
        if (!value.isGraphOutput()) {
            editor.addGraphOutput(value);
        }
        Map<Value, ValueType> formats = new HashMap<>();
        OrtTypes.of(model)
                .forEach((any, type) -> formats.put(
                        any, any.producer().isEmpty() ? type : new ValueType(type.dtype(), Optional.empty())));
        Facts facts = Propagation.through(model.graph(), formats);
        String dims = facts.dims(value)
                .map(list -> list.stream().map(Length::text).collect(Collectors.joining(" ", "[", "]")))
                .orElse("unknown rank");
        return facts.integers(value)
                .filter(known -> known.elements().stream().anyMatch(element -> element != null))
                .map(known -> dims + ": "
                        + known.elements().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                .orElse(dims);
    }

    OnnxModel model() {
        return model;
    }
}
