package dev.graft.compiler.reference;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets nodes compute in single precision among doubles. What only islands read of the graph's inputs, and what they give straight to its
 * outputs, becomes or stays single: a cast in between would be precise about nothing, and attention operators share the memory of past and
 * present with their caller.
 */
final class Islands {
    private final GraphEditor editor;
    private final ValueTypes types;
    private final Set<Value> narrow = new HashSet<>();

    Islands(GraphEditor editor, ValueTypes types) {
        this.editor = editor;
        this.types = types;
    }

    /** Whether a value stays as it was. */
    boolean isNarrow(Value value) {
        return narrow.contains(value);
    }

    /** Makes a node an island. */
    void surround(Node node) {
        GraphBuilder before = editor.before(node).named("reference").source("float64 reference");
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input != null && types.isNarrowFloat(input) && !staysNarrow(input)) {
                editor.replaceInput(node, i, before.cast(input, DType.FLOAT32));
            }
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            if (output != null && types.isNarrowFloat(output)) {
                widen(node, i, output);
            }
        }
    }

    private void widen(Node node, int index, Value output) {
        if (output.uses().isEmpty()) {
            keep(output);
            return;
        }
        Value single = editor.divertOutput(node, index, output.name() + "_float32");
        GraphBuilder after = editor.after(node).named("reference").source("float64 reference");
        Attribute toDouble = Attribute.of("to", DType.FLOAT64.onnxNumber());
        after.nodeFor(output, "Cast", "", List.of(single), List.of(toDouble));
    }

    private boolean staysNarrow(Value input) {
        boolean only = input.isGraphInput()
                && input.initializer().isEmpty()
                && input.uses().stream().allMatch(use -> isIsland(use.node()));
        if (only) {
            keep(input);
        }
        return only;
    }

    private void keep(Value value) {
        narrow.add(value);
        value.type().ifPresent(type -> editor.setType(value, type.withDtype(DType.FLOAT32)));
    }

    private boolean isIsland(Node node) {
        return !DoubleKernels.has(editor.model(), node) && !Expansions.has(node);
    }
}
