package dev.graft.training.autodiff;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.training.types.GraphTypes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which values of a graph depend on what is trained, through operators that a gradient flows through. */
final class Dependence {
    private final GradientTable table;
    private final GraphTypes types;
    private final Set<Value> dependent = new HashSet<>();
    private final Map<Node, Set<Value>> readInside = new HashMap<>();

    private Dependence(GradientTable table, GraphTypes types) {
        this.table = table;
        this.types = types;
    }

    static Dependence of(Graph graph, GradientTable table, GraphTypes types, Collection<Value> trained) {
        Dependence dependence = new Dependence(table, types);
        dependence.dependent.addAll(trained);
        graph.nodes().forEach(dependence::readInside);
        graph.nodes().forEach(dependence::visit);
        return dependence;
    }

    /** Whether a value depends on what is trained. */
    boolean has(Value value) {
        return dependent.contains(value);
    }

    /** Whether a node reads such a value, itself or in a body of its own. */
    boolean reads(Node node) {
        return node.inputs().stream().anyMatch(input -> input != null && has(input))
                || readInside.getOrDefault(node, Set.of()).stream().anyMatch(this::has);
    }

    /** The nodes from what is trained to a node, one of the ways. */
    List<Node> wayTo(Node node) {
        List<Node> way = new ArrayList<>(List.of(node));
        Set<Node> seen = new HashSet<>(way);
        for (Node at = node; at != null; ) {
            Node before = at.inputs().stream()
                    .filter(input -> input != null && has(input))
                    .flatMap(input -> input.producer().stream())
                    .filter(seen::add)
                    .findFirst()
                    .orElse(null);
            if (before != null) {
                way.add(0, before);
            }
            at = before;
        }
        return way;
    }

    private void visit(Node node) {
        boolean stops = table.entry(node)
                .map(entry -> entry.kind() == GradientTable.Kind.STOP)
                .orElse(false);
        if (stops || !reads(node)) {
            return;
        }
        for (Value output : node.outputs()) {
            if (output != null && types.isFloat(output)) {
                dependent.add(output);
            }
        }
    }

    /** What the bodies of a control-flow node read from around them. */
    private void readInside(Node node) {
        if (node.subgraphs().isEmpty()) {
            return;
        }
        Set<Value> read = new HashSet<>();
        Deque<Graph> open = new ArrayDeque<>(node.subgraphs());
        while (!open.isEmpty()) {
            for (Node inner : open.remove().nodes()) {
                inner.inputs().stream()
                        .filter(input -> input != null && input.graph() == node.graph())
                        .forEach(read::add);
                open.addAll(inner.subgraphs());
            }
        }
        readInside.put(node, read);
    }
}
