package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Reading and writing at indices. */
final class IndexRules {
    static final List<Entry> ENTRIES = List.of(rule("Gather", 1, IndexRules::gather));

    private IndexRules() {}

    /** Adds each row of the gradient to the row that it was read from. */
    private static void gather(NodeGradient g) {
        g.give(0, () -> {
            int axis = g.axis(g.in(0), g.node().intAttribute("axis", 0));
            if (axis != 0) {
                throw g.refuse("it reads along axis " + axis + ", not 0");
            }
            Value zeros = g.zeros(g.dtype(g.in(0)), g.shape(g.in(0)));
            Value rows = g.unsqueeze(g.in(1), g.rank(g.in(1)));
            return g.node("ScatterND", List.of(zeros, rows, g.dy()), Attribute.of("reduction", "add"));
        });
    }
}
