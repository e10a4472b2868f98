package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of names: every value is made once, and what is read is made somewhere. */
final class GraphRules {
    private final ModelIndex model;

    private GraphRules(ModelIndex model) {
        this.model = model;
    }

    static void check(ModelIndex model, ScanContext context) {
        GraphRules rules = new GraphRules(model);
        rules.checkGraph(model.graph(), null);
        for (FunctionIndex function : model.functions()) {
            Names names = new Names(null, new HashSet<>(function.inputs()));
            rules.checkNodes(function.nodes(), names);
            for (String output : function.outputs()) {
                rules.checkMade(output, names, "output of function " + function.name());
            }
        }
        for (ValueIndex output : model.graph().outputs()) {
            if (model.graph().initializers().containsKey(output.name())) {
                context.warn("graph output '" + output.name() + "' is an initializer: changing it changes the output");
            }
        }
    }

    private void checkGraph(GraphIndex graph, @Nullable Names outer) {
        Names names = new Names(outer, new HashSet<>(graph.initializers().keySet()));
        graph.inputs().forEach(input -> names.own.add(input.name()));
        checkNodes(graph.nodes(), names);
        for (ValueIndex output : graph.outputs()) {
            checkMade(output.name(), names, "output of graph '" + graph.name() + "'");
        }
    }

    /** Nodes may stand in any order: ONNX Runtime sorts them. */
    private void checkNodes(List<NodeIndex> nodes, Names names) {
        for (NodeIndex node : nodes) {
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !names.own.add(output)) {
                    throw malformed("value '" + output + "' is made twice", node.displayName());
                }
            }
        }
        for (NodeIndex node : nodes) {
            for (String input : node.inputs()) {
                checkMade(input, names, node.displayName());
            }
            for (AttributeIndex attribute : node.attributes().values()) {
                if (attribute instanceof AttributeIndex.GraphValue value) {
                    value.graphs().forEach(graph -> checkGraph(graph, names));
                }
            }
        }
    }

    private void checkMade(String value, Names names, String reader) {
        if (!value.isEmpty() && !names.contains(value)) {
            throw malformed("value '" + value + "' is read, but nothing makes it", reader);
        }
    }

    private GraftException malformed(String problem, String node) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED,
                "not a valid ONNX graph: " + problem,
                Location.ofNode(model.file(), node),
                "Check that the file is complete, or export the model again.");
    }

    /** The names that a graph sees: its own and, behind them, those of the graph around it. */
    private record Names(@Nullable Names outer, Set<String> own) {
        boolean contains(String name) {
            for (Names names = this; names != null; names = names.outer) {
                if (names.own.contains(name)) {
                    return true;
                }
            }
            return false;
        }
    }
}
