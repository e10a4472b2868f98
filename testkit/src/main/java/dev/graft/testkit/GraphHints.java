package dev.graft.testkit;

import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.runtime.inputs.InputHints;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the graph says of its inputs: integers that choose rows of a table are below its length. */
public final class GraphHints {
    private static final Set<String> SAME_VALUES =
            Set.of("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Transpose", "Slice", "Concat");

    private GraphHints() {}

    /** The smallest table that each integer input chooses from, directly or through operators that keep values. */
    public static InputHints of(ModelIndex model) {
        GraphIndex graph = model.graph();
        Map<String, Set<String>> origins = origins(graph);
        InputHints hints = InputHints.NONE;
        Map<String, Long> bounds = new HashMap<>();
        for (NodeIndex node : graph.nodes()) {
            TensorIndex table = node.opType().startsWith("Gather") ? graph.initializers().get(node.input(0)) : null;
            long axis = node.intAttribute("axis").orElse(0);
            if (table != null && axis >= 0 && axis < table.shape().rank()) {
                long rows = table.shape().dim((int) axis);
                origins.getOrDefault(node.input(1), Set.of()).forEach(input -> bounds.merge(input, rows, Math::min));
            }
        }
        for (Map.Entry<String, Long> bound : bounds.entrySet()) {
            hints = bound.getValue() > 0 ? hints.withBound(bound.getKey(), bound.getValue()) : hints;
        }
        return hints;
    }

    /** For each value, the graph inputs whose elements it holds. */
    private static Map<String, Set<String>> origins(GraphIndex graph) {
        Map<String, Set<String>> origins = new HashMap<>();
        graph.inputs().forEach(input -> origins.put(input.name(), Set.of(input.name())));
        for (NodeIndex node : graph.nodes()) {
            if (SAME_VALUES.contains(node.opType()) && !node.outputs().isEmpty()) {
                Set<String> inputs = new HashSet<>(origins.getOrDefault(node.input(0), Set.of()));
                if (node.opType().equals("Concat")) {
                    node.inputs().forEach(input -> inputs.addAll(origins.getOrDefault(input, Set.of())));
                }
                origins.put(node.outputs().get(0), inputs);
            }
        }
        return origins;
    }
}
