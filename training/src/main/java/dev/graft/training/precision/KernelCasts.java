package dev.graft.training.precision;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets nodes that a device cannot run in 16 bits run in float32 between casts, rounded as they would have been. On a processor, which has
 * no bfloat16 at all, that computes to the bit what is left of each result in bfloat16.
 */
final class KernelCasts {
    private final OnnxModel model;
    private final GraphEditor editor;
    private final Kernels kernels;
    private final Map<Value, Value> raised = new HashMap<>();

    KernelCasts(OnnxModel model, Kernels kernels) {
        this.model = model;
        this.editor = new GraphEditor(model);
        this.kernels = kernels;
    }

    void apply() {
        Map<Value, DType> formats = ElementTypes.of(model.graph());
        for (Node node : model.graph().nodes()) {
            for (DType format : new DType[] {DType.FLOAT16, DType.BFLOAT16}) {
                if (reads(node, format, formats) && !kernels.has(model, node, format)) {
                    surround(node, format, formats);
                }
            }
        }
    }

    private static boolean reads(Node node, DType format, Map<Value, DType> formats) {
        return node.inputs().stream().anyMatch(input -> input != null && formats.get(input) == format);
    }

    private void surround(Node node, DType format, Map<Value, DType> formats) {
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input != null && formats.get(input) == format) {
                editor.replaceInput(node, i, raised.computeIfAbsent(input, this::raise));
            }
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            if (output != null && formats.get(output) == format) {
                lower(node, i, output, format);
            }
        }
    }

    private Value raise(Value value) {
        return value.producer()
                .map(editor::after)
                .orElseGet(() -> editor.atStart(model.graph()))
                .named("graft/kernel/" + value.name())
                .cast(value, DType.FLOAT32);
    }

    private void lower(Node node, int index, Value output, DType format) {
        Value exact = editor.divertOutput(node, index, output.name() + ".float32");
        exact.type().ifPresent(type -> editor.setType(exact, type.withDtype(DType.FLOAT32)));
        editor.after(node)
                .named("graft/kernel/" + output.name())
                .nodeFor(output, "Cast", "", List.of(exact), List.of(Attribute.of("to", format.onnxNumber())));
    }
}
