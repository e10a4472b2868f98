package dev.graft.testkit.difference;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All tensors that a model stores, wherever: initializers and constants, of the graph, its subgraphs and functions. */
public final class StoredTensors {
    private final Map<String, TensorIndex> tensors = new LinkedHashMap<>();

    private StoredTensors() {}

    /** The tensors by a name that is unique in the model: their own, with the node that a subgraph belongs to in front. */
    public static Map<String, TensorIndex> of(ModelIndex model) {
        StoredTensors found = new StoredTensors();
        found.addGraph("", model.graph());
        model.functions().forEach(function -> found.addNodes(function.name() + "/", function.nodes()));
        return found.tensors;
    }

    private void addGraph(String prefix, GraphIndex graph) {
        graph.initializers().forEach((name, tensor) -> add(prefix + name, tensor));
        addNodes(prefix, graph.nodes());
    }

    private void addNodes(String prefix, List<NodeIndex> nodes) {
        for (NodeIndex node : nodes) {
            String place = prefix
                    + (node.outputs().isEmpty()
                            ? node.displayName()
                            : node.outputs().get(0));
            node.attributes().forEach((attribute, value) -> {
                if (value instanceof AttributeIndex.TensorValue tensor) {
                    add(place, tensor.tensor());
                } else if (value instanceof AttributeIndex.GraphValue graphs) {
                    for (int i = 0; i < graphs.graphs().size(); i++) {
                        addGraph(
                                place + "." + attribute + (i == 0 ? "" : i) + "/",
                                graphs.graphs().get(i));
                    }
                }
            });
        }
    }

    private void add(String name, TensorIndex tensor) {
        String unique = name;
        for (int i = 2; tensors.containsKey(unique); i++) {
            unique = name + "#" + i;
        }
        tensors.put(unique, tensor);
    }
}
