package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.training.expand.Pattern.Pair;
import java.util.List;

/** {@code x · σ(x)} in single precision. */
final class SiluFusion implements FusionRule {
    @Override
    public String description() {
        return "Replaces Mul(x, Sigmoid(x)) with QuickGelu(x) of alpha 1";
    }

    @Override
    public boolean canEndWith(Node node) {
        return node.is("Mul");
    }

    @Override
    public boolean apply(Pattern pattern, Node node) {
        for (Pair pair : pattern.pairs(node)) {
            Node gate = pattern.producer(pair.second(), "Sigmoid");
            if (gate != null && pattern.same(gate.input(0), pair.first()) && pattern.isSingle(pair.first())) {
                Value x = pattern.source(pair.first());
                Value silu = pattern.formulas(node).microsoft("QuickGelu", List.of(x), Attribute.of("alpha", 1f));
                pattern.replace(node, silu);
                return true;
            }
        }
        return false;
    }
}
