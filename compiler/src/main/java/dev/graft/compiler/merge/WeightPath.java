package dev.graft.compiler.merge;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a stored tensor reaches the input of a node.
 *
 * @param origin the message behind which a sibling of the tensor can stand: its initializer, or its Constant node
 * @param steps the nodes between, from the tensor's side on
 */
record WeightPath(ByteRegion origin, List<NodeIndex> steps) {
    private static final int MAX_STEPS = 32;

    /** The path from a tensor to a node's input, unless it leads through a function. */
    static Optional<WeightPath> find(ModelIndex model, TensorIndex tensor, NodeIndex node, int input) {
        List<GraphIndex> graphs = graphsAround(model.graph(), node);
        List<NodeIndex> steps = new ArrayList<>();
        String name = node.input(input);
        while (!graphs.isEmpty() && steps.size() < MAX_STEPS) {
            String wanted = name;
            for (GraphIndex graph : graphs) {
                TensorIndex initializer = graph.initializers().get(wanted);
                if (initializer != null) {
                    return initializer.proto().equals(tensor.proto())
                            ? Optional.of(new WeightPath(tensor.proto(), steps))
                            : Optional.empty();
                }
            }
            Optional<NodeIndex> producer = graphs.stream()
                    .flatMap(graph -> graph.nodes().stream())
                    .filter(each -> each.outputs().contains(wanted))
                    .findFirst();
            if (producer.isEmpty()) {
                return Optional.empty();
            }
            if (holds(producer.get(), tensor)) {
                return Optional.of(new WeightPath(producer.get().proto(), steps));
            }
            steps.add(0, producer.get());
            name = producer.get().input(0);
        }
        return Optional.empty();
    }

    /** Every name that is taken in the model's graphs. */
    static Set<String> names(GraphIndex graph) {
        Set<String> names = new HashSet<>(graph.initializers().keySet());
        graph.inputs().forEach(input -> names.add(input.name()));
        for (NodeIndex node : graph.nodes()) {
            names.add(node.name());
            names.addAll(node.outputs());
            subgraphs(node).forEach(inner -> names.addAll(names(inner)));
        }
        return names;
    }

    private static boolean holds(NodeIndex node, TensorIndex tensor) {
        return node.attributes().get("value") instanceof AttributeIndex.TensorValue value
                && value.tensor().proto().equals(tensor.proto());
    }

    /** The graphs that a node sees, its own first; none for a node in a function. */
    private static List<GraphIndex> graphsAround(GraphIndex graph, NodeIndex node) {
        for (NodeIndex each : graph.nodes()) {
            if (each.proto().equals(node.proto())) {
                return List.of(graph);
            }
            if (each.proto().overlaps(node.proto())) {
                for (GraphIndex inner : subgraphs(each).toList()) {
                    List<GraphIndex> found = graphsAround(inner, node);
                    if (!found.isEmpty()) {
                        List<GraphIndex> around = new ArrayList<>(found);
                        around.add(graph);
                        return around;
                    }
                }
            }
        }
        return List.of();
    }

    private static Stream<GraphIndex> subgraphs(NodeIndex node) {
        return node.attributes().values().stream()
                .filter(AttributeIndex.GraphValue.class::isInstance)
                .flatMap(value -> ((AttributeIndex.GraphValue) value).graphs().stream());
    }
}
