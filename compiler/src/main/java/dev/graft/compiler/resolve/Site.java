package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.NodeIndex;
import java.util.List;
import java.util.Optional;

/**
 * One use of a weight in a graph.
 *
 * @param kind the operator's kind
 * @param graph the path of the graph it is in: empty for the main graph, else node names and attributes from outside in
 * @param node the node that uses the weight
 * @param weightInput which input of the node the weight is
 * @param weight the stored weight as a matrix; for a quantised weight the quantised tensor
 * @param bias the stored bias that belongs to the site (Gemm's C, Conv's B, the initializer of the Add behind a MatMul), if any
 * @param names module paths it can be known by, strongest rule first
 */
public record Site(
        SiteKind kind,
        List<String> graph,
        NodeIndex node,
        int weightInput,
        WeightView weight,
        Optional<BiasSite> bias,
        List<SiteName> names) {
    public Site {
        graph = List.copyOf(graph);
        names = List.copyOf(names);
    }

    /**
     * The bias of a site.
     *
     * @param node the node that adds it: the site's own, or an Add behind it
     * @param input which input of that node it is
     * @param view the stored bias
     */
    public record BiasSite(NodeIndex node, int input, WeightView view) {}
}
