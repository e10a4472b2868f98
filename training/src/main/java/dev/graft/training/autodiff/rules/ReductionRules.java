package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Sums, means and extremes along axes. */
final class ReductionRules {
    static final List<Entry> ENTRIES = List.of(
            rule("ReduceSum", 1, g -> g.give(0, () -> spread(g, g.dy()))), rule("ReduceMean", 1, ReductionRules::mean));

    private ReductionRules() {}

    /** {@code dx = dy / n} everywhere, where n elements went into each output. */
    private static void mean(NodeGradient g) {
        g.give(0, () -> {
            Value x = g.in(0);
            Value count = g.div(g.cast(g.node("Size", x), g.dtype(x)), g.cast(g.node("Size", g.out()), g.dtype(x)));
            Optional<Long> fixed = fixedCount(g);
            Value scaled = fixed.isPresent() ? g.mul(g.dy(), g.constant(1.0 / fixed.get())) : g.div(g.dy(), count);
            return spread(g, scaled);
        });
    }

    private static Optional<Long> fixedCount(NodeGradient g) {
        long count = 1;
        for (long axis : axes(g)) {
            var length = g.dim(g.in(0), (int) axis);
            if (length.isEmpty()) {
                return Optional.empty();
            }
            count *= length.getAsLong();
        }
        return Optional.of(count);
    }

    /** A gradient of the output's shape, repeated along the axes that were reduced. */
    static Value spread(NodeGradient g, Value gradient) {
        Value kept = withAxes(g, gradient);
        return g.node("Expand", kept, g.shape(g.in(0)));
    }

    /** A value of the output's shape with the axes that were reduced, of length 1. */
    static Value withAxes(NodeGradient g, Value value) {
        boolean keep = g.node().intAttribute("keepdims", 1) != 0;
        long[] axes = axes(g);
        return keep || axes.length == 0 ? value : g.unsqueeze(value, axes);
    }

    /** The axes that the node reduces, from the start and in order. */
    static long[] axes(NodeGradient g) {
        Value x = g.in(0);
        Optional<List<Long>> attribute = g.node().intsAttribute("axes");
        long[] axes;
        if (attribute.isPresent()) {
            axes = attribute.get().stream().mapToLong(Long::longValue).toArray();
        } else if (g.has(1)) {
            if (!g.isKnown(g.in(1))) {
                throw g.refuse("its axes are known only at run time");
            }
            axes = g.longs(g.in(1));
        } else {
            axes = new long[0];
        }
        if (axes.length == 0 && g.node().intAttribute("noop_with_empty_axes", 0) == 0) {
            return LongStream.range(0, g.rank(x)).toArray();
        }
        return LongStream.of(axes).map(axis -> g.axis(x, axis)).sorted().toArray();
    }
}
