package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Reading and writing at indices. */
final class IndexRules {
    private static final Attribute ADD = Attribute.of("reduction", "add");

    static final List<Entry> ENTRIES = List.of(
            rule("Gather", 1, g -> g.give(0, () -> new GatherGradient(g).gradient())),
            rule("GatherElements", 11, IndexRules::gatherElements),
            rule("GatherND", 12, IndexRules::gatherNd),
            rule("ScatterElements", 11, IndexRules::scatterElements),
            rule("ScatterND", 11, IndexRules::scatterNd),
            rule("TopK", 11, IndexRules::topK));

    private IndexRules() {}

    private static Attribute axis(NodeGradient g, long otherwise) {
        return Attribute.of("axis", g.node().intAttribute("axis", otherwise));
    }

    private static Value zerosLike(NodeGradient g, int input) {
        return g.zeros(g.dtype(g.in(input)), g.shapeOf(g.in(input)));
    }

    private static void gatherElements(NodeGradient g) {
        g.give(0, () -> {
            PositionGradient.requireAdding(g);
            return g.node("ScatterElements", List.of(zerosLike(g, 0), g.in(1), g.dy()), axis(g, 0), ADD);
        });
    }

    private static void gatherNd(NodeGradient g) {
        Attribute batch = Attribute.of("batch_dims", g.node().intAttribute("batch_dims", 0));
        g.give(0, () -> {
            if (g.node().intAttribute("batch_dims", 0) != 0) {
                return new PositionGradient(g)
                        .scattered(positions -> g.node("GatherND", List.of(positions, g.in(1)), batch));
            }
            PositionGradient.requireAdding(g);
            return g.node("ScatterND", List.of(zerosLike(g, 0), g.in(1), g.dy()), ADD);
        });
    }

    /** What was written over has no gradient; what was written has that of its place. */
    private static void scatterElements(NodeGradient g) {
        boolean adds = adds(g);
        g.give(
                0,
                () -> adds ? g.dy() : g.node("ScatterElements", List.of(g.dy(), g.in(1), zerosLike(g, 2)), axis(g, 0)));
        g.give(2, () -> g.node("GatherElements", List.of(g.dy(), g.in(1)), axis(g, 0)));
    }

    private static void scatterNd(NodeGradient g) {
        boolean adds = adds(g);
        g.give(0, () -> adds ? g.dy() : g.node("ScatterND", g.dy(), g.in(1), zerosLike(g, 2)));
        g.give(2, () -> g.node("GatherND", g.dy(), g.in(1)));
    }

    private static boolean adds(NodeGradient g) {
        String reduction = g.node().stringAttribute("reduction", "none");
        if (!reduction.equals("none") && !reduction.equals("add")) {
            throw g.refuse("its reduction is " + reduction);
        }
        return reduction.equals("add");
    }

    /** No element is among the greatest twice. */
    private static void topK(NodeGradient g) {
        g.give(0, () -> g.node("ScatterElements", List.of(zerosLike(g, 0), g.out(1), g.dy()), axis(g, -1)));
    }
}
