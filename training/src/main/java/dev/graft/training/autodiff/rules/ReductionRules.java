package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Reductions along axes. What is computed of the gradient is computed while it is small, before it is repeated along the axes.
 * Equal extremes share the gradient, as in PyTorch's amax; the L2 norm of zeros has the gradient zero.
 */
final class ReductionRules {
    static final List<Entry> ENTRIES = List.of(
            rule("ReduceSum", 1, g -> g.give(0, () -> repeat(g, kept(g, g.dy())))),
            rule("ReduceMean", 1, g -> g.give(0, () -> repeat(g, kept(g, mean(g))))),
            rule("ReduceMax", 1, ReductionRules::extreme),
            rule("ReduceMin", 1, ReductionRules::extreme),
            rule("ReduceL1", 1, g -> g.give(0, () -> g.mul(kept(g, g.dy()), g.node("Sign", g.in(0))))),
            rule("ReduceL2", 1, ReductionRules::norm),
            rule("ReduceSumSquare", 1, g -> g.give(0, () -> g.mul(g.in(0), kept(g, g.add(g.dy(), g.dy()))))),
            rule("ReduceLogSum", 1, g -> g.give(0, () -> repeat(g, kept(g, g.div(g.dy(), g.node("Exp", g.out())))))),
            rule("ReduceLogSumExp", 1, ReductionRules::logSumExp),
            rule("ReduceProd", 1, ReductionRules::product));

    private ReductionRules() {}

    /** {@code dy / n} where n elements went into each output. */
    private static Value mean(NodeGradient g) {
        OptionalDouble count = ReducedAxes.of(g).map(axes -> axes.fixedCount(g)).orElse(OptionalDouble.empty());
        return count.isPresent()
                ? g.mul(g.dy(), g.constant(1 / count.getAsDouble()))
                : g.div(g.dy(), g.div(size(g, g.in(0)), size(g, g.out())));
    }

    private static Value size(NodeGradient g, Value value) {
        return g.cast(g.node("Size", value), g.dtype(g.out()));
    }

    private static void extreme(NodeGradient g) {
        g.give(0, () -> {
            DType dtype = g.dtype(g.out());
            Value chosen = g.indicator(g.equal(g.in(0), kept(g, g.out())), dtype);
            return g.mul(chosen, g.div(kept(g, g.dy()), total(g, chosen)));
        });
    }

    /** {@code dx = x · dy/y}. */
    private static void norm(NodeGradient g) {
        g.give(0, () -> {
            Value zero = g.constant(0);
            Value ratio = g.where(g.equal(g.out(), zero), zero, g.div(g.dy(), g.out()));
            return g.mul(g.in(0), kept(g, ratio));
        });
    }

    /** {@code dx = dy · exp(x - y)}. */
    private static void logSumExp(NodeGradient g) {
        g.give(0, () -> g.mul(kept(g, g.dy()), g.node("Exp", g.sub(g.in(0), kept(g, g.out())))));
    }

    /** The product of all others: without a division by what is zero. */
    private static void product(NodeGradient g) {
        g.give(0, () -> {
            DType dtype = g.dtype(g.out());
            Value isZero = g.equal(g.in(0), g.constant(0));
            Value zeros = g.indicator(isZero, dtype);
            Value nonzero = g.where(isZero, g.constant(1), g.in(0));
            Value product = reduce(g, "ReduceProd", nonzero);
            Value others = g.sub(total(g, zeros), zeros);
            Value slope = g.div(g.mul(product, kept(g, g.dy())), nonzero);
            return g.where(g.equal(others, g.constant(0)), slope, g.constant(0));
        });
    }

    private static Value total(NodeGradient g, Value value) {
        return reduce(g, "ReduceSum", value);
    }

    /** Another reduction along the node's axes, which stay with length 1. */
    private static Value reduce(NodeGradient g, String operator, Value value) {
        return ReducedAxes.of(g)
                .map(axes -> g.reduce(operator, value, true, axes.axes()))
                .orElseGet(() -> g.node(operator, List.of(value, g.in(1)), g.attributes("noop_with_empty_axes")));
    }

    private static Value repeat(NodeGradient g, Value kept) {
        return g.node("Expand", kept, g.shapeOf(g.in(0)));
    }

    /** A value of the output's shape with the axes that were reduced, of length 1. */
    private static Value kept(NodeGradient g, Value value) {
        if (g.node().intAttribute("keepdims", 1) != 0) {
            return value;
        }
        return ReducedAxes.of(g)
                .map(axes -> axes.axes().length == 0 ? value : g.unsqueeze(value, axes.axes()))
                .orElseGet(() -> g.node("Unsqueeze", value, g.in(1)));
    }
}
