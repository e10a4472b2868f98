package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.List;
import java.util.Optional;

/** Finds the node of the editable model that a node of the file index is. */
public final class SiteLocator {
    private final OnnxModel model;

    /** Finds nodes of a model. */
    public SiteLocator(OnnxModel model) {
        this.model = model;
    }

    /**
     * The node.
     *
     * @param path the graph it is in, as a site says
     * @throws GraftException {@code ATTACH_UNSUPPORTED} for a node in a function's body, which all its calls share
     */
    public Node locate(List<String> path, NodeIndex wanted) {
        return inGraph(model.graph(), path, wanted).orElseThrow(() -> unreachable(path, wanted));
    }

    private static Optional<Node> inGraph(Graph graph, List<String> path, NodeIndex wanted) {
        for (Node node = graph.first(); node != null; node = node.next()) {
            if (path.isEmpty() && isSame(node, wanted)) {
                return Optional.of(node);
            }
            if (!path.isEmpty() && node.displayName().equals(path.get(0))) {
                Optional<Node> found = inBodies(node, path, wanted);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Node> inBodies(Node node, List<String> path, NodeIndex wanted) {
        List<Graph> bodies = node.attribute(path.get(1)).map(Attribute::graphs).orElse(List.of());
        return bodies.stream()
                .map(body -> inGraph(body, path.subList(2, path.size()), wanted))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static boolean isSame(Node node, NodeIndex wanted) {
        return node.opType().equals(wanted.opType())
                && node.name().equals(wanted.name())
                && node.outputs().stream()
                        .map(output -> output == null ? "" : output.name())
                        .toList()
                        .equals(wanted.outputs());
    }

    private GraftException unreachable(List<String> path, NodeIndex wanted) {
        return new GraftException(
                ErrorCode.ATTACH_UNSUPPORTED,
                "the node is in a function of the model (" + String.join(" / ", path)
                        + "), where a branch would act on all its calls",
                new Location(model.file().orElse(null), -1, null, wanted.displayName()),
                "Inline the functions (onnx.inliner, or export without them), or merge the adapter.");
    }
}
