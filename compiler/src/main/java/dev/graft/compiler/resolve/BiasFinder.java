package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.ModelScopes.Use;
import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.resolve.Site.BiasSite;
import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.NodeIndex;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds the stored bias of a product: the node's own input, or that of the operator behind it. */
final class BiasFinder {
    private final ModelScopes scopes;

    BiasFinder(ModelScopes scopes) {
        this.scopes = scopes;
    }

    /** The bias of a node with that many outputs. */
    Optional<BiasSite> find(Scope scope, NodeIndex node, long outputs) {
        OptionalInt own = ownBias(node);
        if (own.isPresent() && !node.input(own.getAsInt()).isEmpty()) {
            return scaled(node) ? Optional.empty() : bias(scope, node, own.getAsInt(), outputs);
        }
        return behind(scope, node, outputs);
    }

    /** Gemm with beta other than 1 adds another bias than the stored one. */
    private static boolean scaled(NodeIndex node) {
        return node.attributes().get("beta") instanceof AttributeIndex.FloatValue beta && beta.value() != 1;
    }

    private static OptionalInt ownBias(NodeIndex node) {
        return switch (node.opType()) {
            case "Gemm", "FusedGemm", "Conv", "FusedConv", "Attention" -> OptionalInt.of(2);
            case "DynamicQuantizeMatMul" -> OptionalInt.of(4);
            case "MatMulIntegerToFloat" -> OptionalInt.of(6);
            case "MatMulNBits" -> OptionalInt.of(5);
            default -> OptionalInt.empty();
        };
    }

    /** Follows a product that has one reader to the operator that adds the bias. */
    private Optional<BiasSite> behind(Scope scope, NodeIndex node, long outputs) {
        NodeIndex at = node;
        for (int steps = 0; steps < 3 && !at.outputs().isEmpty(); steps++) {
            Value product = new Value(scope, at.outputs().get(0));
            List<Use> uses = scopes.usesOf(product);
            if (uses.size() != 1 || scopes.outputOf(product) != null) {
                return Optional.empty();
            }
            Use use = uses.get(0);
            if (use.scope() != scope) {
                return Optional.empty();
            }
            OptionalInt added = addedBias(use);
            if (added.isPresent()) {
                return bias(scope, use.node(), added.getAsInt(), outputs);
            }
            if (!List.of("Identity", "Cast").contains(use.node().opType())) {
                return Optional.empty();
            }
            at = use.node();
        }
        return Optional.empty();
    }

    private static OptionalInt addedBias(Use use) {
        int input = switch (use.node().opType()) {
            case "Add" -> 1 - use.input();
            case "BiasGelu", "FastGelu" -> use.input() == 0 ? 1 : -1;
            case "SkipLayerNormalization" -> use.input() < 2 ? 4 : -1;
            case "SkipSimplifiedLayerNormalization" -> use.input() < 2 ? 3 : -1;
            default -> -1;
        };
        return input < 0 || use.node().input(input).isEmpty() ? OptionalInt.empty() : OptionalInt.of(input);
    }

    private static Optional<BiasSite> bias(Scope scope, NodeIndex node, int input, long outputs) {
        return StoredValue.trace(scope, node.input(input))
                .filter(stored -> stored.tensor().dtype().isFloat())
                .filter(stored -> stored.shape().elements() == outputs)
                .filter(stored ->
                        stored.readShape().rank() > 0 && stored.readShape().dim(-1) == outputs
                                || node.opType().endsWith("Conv"))
                .map(stored -> new BiasSite(node, input, row(stored)));
    }

    /** A vector as one row, so that its elements are the outputs. */
    private static WeightView row(StoredValue stored) {
        long length = stored.shape().elements();
        return new WeightView(stored.tensor(), Orientation.IN_OUT, length, 0, 1, 0, length);
    }
}
