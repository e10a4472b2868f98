package dev.graft.compiler.attach;

import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.Optional;

/**
 * The input of a node that a binding's tensor is.
 *
 * @param node the node
 * @param index which of its inputs
 * @param chain how it leads to the stored tensor
 */
record BoundInput(Node node, int index, WeightChain chain) {
    /** The bias of the site for a change of a bias (of a norm: the site itself), else its weight. */
    static BoundInput of(Binding binding, SiteLocator locator) {
        Optional<BiasSite> bias = AttachRules.isBias(binding) ? binding.site().bias() : Optional.empty();
        Node node = locator.locate(
                binding.site().graph(),
                bias.map(BiasSite::node).orElse(binding.site().node()));
        int index = bias.map(BiasSite::input).orElse(binding.site().weightInput());
        Value value = node.input(index);
        if (value == null) {
            throw new GraftException(
                    ErrorCode.INTERNAL,
                    "input " + index + " of the node is left out",
                    Location.ofNode(null, node.displayName()),
                    "");
        }
        return new BoundInput(node, index, WeightChain.of(value));
    }
}
