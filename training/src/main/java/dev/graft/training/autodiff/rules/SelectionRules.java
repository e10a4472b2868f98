package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.broadcast;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/**
 * Operators that pass on one of their inputs, element by element. Of several equal inputs of Min and Max the first gets the gradient;
 * at its bounds Clip lets it through, as PyTorch does.
 */
final class SelectionRules {
    static final List<Entry> ENTRIES = List.of(
            broadcast("Where", 9, SelectionRules::where),
            broadcast("Min", 8, SelectionRules::extreme),
            broadcast("Max", 8, SelectionRules::extreme),
            rule("Clip", 9, SelectionRules::clip));

    private SelectionRules() {}

    private static void where(NodeGradient g) {
        Value zero = g.constant(0);
        g.give(1, () -> g.where(g.in(0), g.dy(), zero));
        g.give(2, () -> g.where(g.in(0), zero, g.dy()));
    }

    private static void extreme(NodeGradient g) {
        Value zero = g.constant(0);
        Value rest = g.dy();
        int last = lastWanted(g);
        for (int i = 0; i <= last; i++) {
            Value open = rest;
            if (g.node().inputs().size() == 1) {
                g.give(0, () -> open);
                return;
            }
            Value chosen = g.equal(g.in(i), g.out());
            g.give(i, () -> g.where(chosen, open, zero));
            rest = i < last ? g.where(chosen, zero, open) : open;
        }
    }

    private static int lastWanted(NodeGradient g) {
        int last = g.node().inputs().size() - 1;
        while (last > 0 && !g.wants(last)) {
            last--;
        }
        return last;
    }

    /** What was not changed lies within the bounds. */
    private static void clip(NodeGradient g) {
        g.give(0, () -> g.where(g.equal(g.in(0), g.out()), g.dy(), g.constant(0)));
        g.give(1, () -> g.sum(outside(g, "Less", g.in(1)), false, all(g)));
        g.give(2, () -> g.sum(outside(g, "Greater", g.in(2)), false, all(g)));
    }

    /** The gradient where x is beyond a bound; where the lower one is above the upper one, that holds everywhere. */
    private static Value outside(NodeGradient g, String beyond, Value bound) {
        Value here = g.node(beyond, g.in(0), bound);
        if (g.has(1) && g.has(2)) {
            Value crossed = g.node("Greater", g.in(1), g.in(2));
            here = beyond.equals("Less") ? g.node("And", here, g.node("Not", crossed)) : g.node("Or", here, crossed);
        }
        return g.where(here, g.dy(), g.constant(0));
    }

    private static long[] all(NodeGradient g) {
        return java.util.stream.LongStream.range(0, g.rank(g.out())).toArray();
    }

    /** 1 where a condition holds, {@code otherwise} elsewhere. */
    static Value step(NodeGradient g, Value condition, double otherwise) {
        DType dtype = g.dtype(g.out());
        return g.where(condition, g.scalar(dtype, 1), g.scalar(dtype, otherwise));
    }
}
