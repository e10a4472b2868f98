package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.ModelScopes.Use;
import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.scan.NodeIndex;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The heads of an attention, all of one size.
 *
 * @param queries how many query heads
 * @param keys how many key heads, and as many value heads
 */
record PackedHeads(long queries, long keys) {
    /** Between a packed product and its attention stand at most a bias, a split and a few reshapes. */
    private static final int MAX_VALUES = 100;

    /** The heads of the attention behind a packed product, if there is one. */
    static Optional<PackedHeads> behind(ModelScopes scopes, Site site) {
        for (Scope scope : scopes.all()) {
            if (scope.path().equals(site.graph()) && !site.node().outputs().isEmpty()) {
                return behind(scopes, new Value(scope, site.node().outputs().get(0)));
            }
        }
        return Optional.empty();
    }

    private static Optional<PackedHeads> behind(ModelScopes scopes, Value product) {
        Deque<Value> open = new ArrayDeque<>(Set.of(product));
        Set<Value> seen = new HashSet<>(open);
        while (!open.isEmpty() && seen.size() < MAX_VALUES) {
            for (Use use : scopes.usesOf(open.remove())) {
                Optional<PackedHeads> heads = of(use.node());
                if (heads.isPresent()) {
                    return heads;
                }
                for (String output : use.node().outputs()) {
                    Value next = new Value(use.scope(), output);
                    if (seen.size() < MAX_VALUES && seen.add(next)) {
                        open.add(next);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<PackedHeads> of(NodeIndex node) {
        OptionalLong heads = node.intAttribute("num_heads");
        return heads.isPresent() && node.domain().equals("com.microsoft")
                ? Optional.of(new PackedHeads(
                        heads.getAsLong(), node.intAttribute("kv_num_heads").orElse(heads.getAsLong())))
                : Optional.empty();
    }
}
