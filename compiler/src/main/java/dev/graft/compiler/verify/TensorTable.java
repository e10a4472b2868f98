package dev.graft.compiler.verify;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.FunctionIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All stored tensors and nodes of a model by names that tell them apart: subgraphs' carry the path to them. */
final class TensorTable {
    private final Map<String, TensorIndex> tensors = new LinkedHashMap<>();
    private final Map<ByteRegion, String> names = new HashMap<>();
    private final Map<String, NodeIndex> nodes = new LinkedHashMap<>();

    private TensorTable() {}

    static TensorTable of(ModelIndex model) {
        TensorTable table = new TensorTable();
        table.addGraph("", model.graph());
        for (FunctionIndex function : model.functions()) {
            table.addNodes(function.domain() + ":" + function.name() + "/", function.nodes());
        }
        return table;
    }

    Map<String, TensorIndex> tensors() {
        return tensors;
    }

    /** Nodes by path, operator and outputs. */
    Map<String, NodeIndex> nodes() {
        return nodes;
    }

    /** The table's name of a tensor of this model; its own name where it is not of this model. */
    String nameOf(TensorIndex tensor) {
        return names.getOrDefault(tensor.proto(), tensor.name());
    }

    private void add(String name, TensorIndex tensor) {
        tensors.put(name, tensor);
        names.put(tensor.proto(), name);
    }

    private void addGraph(String path, GraphIndex graph) {
        graph.initializers().forEach((name, tensor) -> add(path + name, tensor));
        addNodes(path, graph.nodes());
    }

    private void addNodes(String path, List<NodeIndex> all) {
        for (NodeIndex node : all) {
            nodes.put(path + node.opType() + "(" + String.join(", ", node.outputs()) + ")", node);
            node.attributes().forEach((name, attribute) -> {
                if (attribute instanceof AttributeIndex.TensorValue value) {
                    String output =
                            node.outputs().isEmpty() ? "" : node.outputs().get(0);
                    boolean constant = node.opType().equals("Constant") && name.equals("value");
                    add(path + output + (constant ? "" : "." + name), value.tensor());
                } else if (attribute instanceof AttributeIndex.GraphValue graphs) {
                    for (int i = 0; i < graphs.graphs().size(); i++) {
                        addGraph(
                                path + node.displayName() + "/" + name + (i == 0 ? "" : i) + "/",
                                graphs.graphs().get(i));
                    }
                }
            });
        }
    }
}
