package dev.graft.compiler.reference;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Operators without a double kernel, written out in operators that have one. Sigmoid and squares have kernels; they are written out
 * because ONNX Runtime fuses them with their neighbours: {@code x · sigmoid(x)} to QuickGelu, which has no double kernel, and a
 * root mean square to SimplifiedLayerNormalization, whose double kernel is off by 5e-4 (1.29).
 */
final class Expansions {
    /** Writes the values of a node's outputs, in their order, an empty one where it cannot or the output is unused. */
    interface Expansion {
        List<Optional<Value>> expand(Formulas f, Node node);
    }

    private static final Map<String, Expansion> TABLE = Map.ofEntries(
            Map.entry("Erf", one((f, node) -> f.erf(f.input(node, 0)))),
            Map.entry(
                    "Gelu", one((f, node) -> f.isTanh(node) ? f.tanhGelu(f.input(node, 0)) : f.gelu(f.input(node, 0)))),
            Map.entry("BiasGelu", one((f, node) -> f.gelu(f.add(f.input(node, 0), f.input(node, 1))))),
            Map.entry("FastGelu", one((f, node) -> f.tanhGelu(f.plus(f.input(node, 0), node.input(1))))),
            Map.entry(
                    "QuickGelu", one((f, node) -> f.quickGelu(f.input(node, 0), node.floatAttribute("alpha", 1.702f)))),
            Map.entry(
                    "LeakyRelu", one((f, node) -> f.leakyRelu(f.input(node, 0), node.floatAttribute("alpha", 0.01f)))),
            Map.entry("Pow", Expansions::square),
            Map.entry("Sigmoid", one((f, node) -> f.sigmoid(f.input(node, 0)))),
            Map.entry("Softplus", one((f, node) -> f.softplus(f.input(node, 0)))),
            Map.entry("GlobalAveragePool", one((f, node) -> f.globalAverage(f.input(node, 0)))),
            Map.entry("RMSNormalization", NormExpansions::rootMeanSquare),
            Map.entry("SimplifiedLayerNormalization", NormExpansions::rootMeanSquare),
            Map.entry("SkipSimplifiedLayerNormalization", NormExpansions::skipRootMeanSquare),
            Map.entry("SkipLayerNormalization", NormExpansions::skipLayer),
            Map.entry("Conv", ConvExpansion::expand));

    private final GraphEditor editor;

    Expansions(GraphEditor editor) {
        this.editor = editor;
    }

    /** Whether the table has an entry for a node's operator. */
    static boolean has(Node node) {
        return TABLE.containsKey(node.opType());
    }

    /** Writes a node out and removes it; returns false, and leaves it, if there is no expansion for it. */
    boolean expand(Node node) {
        Expansion expansion = TABLE.get(node.opType());
        if (expansion == null) {
            return false;
        }
        GraphBuilder g = editor.before(node).named("reference").source("float64 reference of " + node.displayName());
        List<Optional<Value>> values = expansion.expand(new Formulas(g, editor.model()), node);
        boolean complete = true;
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            boolean needed = output != null && (!output.uses().isEmpty() || output.isGraphOutput());
            complete &= !needed || i < values.size() && values.get(i).isPresent();
        }
        if (complete) {
            replace(g, node, values);
        }
        return complete;
    }

    private void replace(GraphBuilder g, Node node, List<Optional<Value>> values) {
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.outputs().get(i);
            if (output != null && i < values.size() && values.get(i).isPresent()) {
                editor.divertOutput(node, i, output.name() + "_expanded");
                g.nodeFor(output, "Identity", "", List.of(values.get(i).get()), List.of());
            }
        }
        editor.remove(node);
    }

    private static List<Optional<Value>> square(Formulas f, Node node) {
        Value x = f.input(node, 0);
        boolean two = f.input(node, 1)
                .constant()
                .filter(data -> data.dtype().isFloat() && data.shape().elements() == 1)
                .map(data -> data.tensor("exponent").toDoubles()[0] == 2)
                .orElse(false);
        return List.of(two ? Optional.of(f.builder().mul(x, x)) : Optional.empty());
    }

    /** An expansion of a node with one output. */
    private interface OneOutput {
        Value expand(Formulas f, Node node);
    }

    private static Expansion one(OneOutput formula) {
        return (f, node) -> List.of(Optional.of(formula.expand(f, node)));
    }
}
