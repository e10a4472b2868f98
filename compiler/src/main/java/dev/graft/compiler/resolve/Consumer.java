package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import java.util.List;
import java.util.Optional;

/**
 * Something that reads the bytes of a stored tensor.
 *
 * @param graph the path of the graph that the node is in, as in {@link Site#graph}
 * @param node the node that computes with the values; empty for an output of a graph
 * @param input which input of the node
 * @param tensor the tensor through which it reads: the one asked for, or another one over the same bytes
 * @param description what it is, for people
 */
public record Consumer(
        List<String> graph, Optional<NodeIndex> node, int input, TensorIndex tensor, String description) {
    public Consumer {
        graph = List.copyOf(graph);
    }

    /** Whether this is the site's use of its weight. */
    public boolean isWeightOf(Site site) {
        return input == site.weightInput() && isAt(site.graph(), site.node());
    }

    /** Whether this is the site's use of its bias. */
    public boolean isBiasOf(Site site) {
        return site.bias().isPresent() && isInputOf(site.graph(), site.bias().get());
    }

    private boolean isInputOf(List<String> place, BiasSite bias) {
        return input == bias.input() && isAt(place, bias.node());
    }

    private boolean isAt(List<String> place, NodeIndex other) {
        return graph.equals(place) && node.isPresent() && node.get().proto().equals(other.proto());
    }
}
