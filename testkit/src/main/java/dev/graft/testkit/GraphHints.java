package dev.graft.testkit;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.runtime.inputs.InputHints;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What the graph says of its inputs: integers that choose rows of a table are below its length. */
public final class GraphHints {
    private static final Set<String> SAME_VALUES = Set.of(
            "Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Transpose", "Slice", "Concat");

    private static final Set<String> SAME_SHAPE = Set.of("Identity", "Cast", "DequantizeLinear");
    private static final int LONGEST_CHAIN = 8;

    private GraphHints() {}

    /** The smallest table that each integer input chooses from, directly or through operators that keep values. */
    public static InputHints of(ModelIndex model) {
        GraphIndex graph = model.graph();
        Map<String, Set<String>> origins = origins(graph);
        Map<String, NodeIndex> producers = new HashMap<>();
        graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        Map<String, Long> bounds = new HashMap<>();
        for (NodeIndex node : graph.nodes()) {
            if (node.opType().startsWith("Gather") && origins.containsKey(node.input(1))) {
                long axis = node.intAttribute("axis").orElse(0);
                length(graph, producers, node.input(0), axis, 0)
                        .ifPresent(rows ->
                                origins.get(node.input(1)).forEach(input -> bounds.merge(input, rows, Math::min)));
            }
        }
        InputHints hints = InputHints.NONE;
        for (Map.Entry<String, Long> bound : bounds.entrySet()) {
            hints = bound.getValue() > 0 ? hints.withBound(bound.getKey(), bound.getValue()) : hints;
        }
        return hints;
    }

    /** How long a stored tensor is along an axis, also behind a Transpose and the like. */
    private static OptionalLong length(
            GraphIndex graph, Map<String, NodeIndex> producers, String value, long axis, int depth) {
        TensorIndex stored = graph.initializers().get(value);
        if (stored != null) {
            return axis >= 0 && axis < stored.shape().rank()
                    ? OptionalLong.of(stored.shape().dim((int) axis))
                    : OptionalLong.empty();
        }
        NodeIndex node = producers.get(value);
        if (node == null || depth > LONGEST_CHAIN) {
            return OptionalLong.empty();
        }
        if (SAME_SHAPE.contains(node.opType())) {
            return length(graph, producers, node.input(0), axis, depth + 1);
        }
        return node.opType().equals("Transpose")
                        && node.attributes().get("perm") instanceof AttributeIndex.IntsValue perm
                        && axis >= 0
                        && axis < perm.values().size()
                ? length(graph, producers, node.input(0), perm.values().get((int) axis), depth + 1)
                : OptionalLong.empty();
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
