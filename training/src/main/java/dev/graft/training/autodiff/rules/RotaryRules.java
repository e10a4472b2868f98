package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.microsoft;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rotary embeddings: the gradient is turned by the negative angle, by the same operator with the sines negated. */
final class RotaryRules {
    static final List<Entry> ENTRIES = List.of(
            microsoft("RotaryEmbedding", g -> rotate(g, 2, 3)), rule("RotaryEmbedding", 23, g -> rotate(g, 1, 2)));

    private RotaryRules() {}

    private static void rotate(NodeGradient g, int cosines, int sines) {
        if (g.wants(cosines) || g.wants(sines)) {
            throw g.refuse("its angles depend on what is trained");
        }
        g.give(0, () -> {
            List<@Nullable Value> inputs = new ArrayList<>(g.node().inputs());
            inputs.set(0, g.dy());
            inputs.set(sines, g.neg(g.in(sines)));
            return g.builder()
                    .node(
                            "RotaryEmbedding",
                            g.node().domain(),
                            inputs,
                            List.copyOf(g.node().attributes()));
        });
    }
}
