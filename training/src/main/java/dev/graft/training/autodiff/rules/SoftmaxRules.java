package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.stream.LongStream;

/** Softmax and its logarithm: along one axis, before operator set 13 along all from one on. */
final class SoftmaxRules {
    private static final long ONE_AXIS = 13;

    static final List<Entry> ENTRIES =
            List.of(rule("Softmax", 1, SoftmaxRules::softmax), rule("LogSoftmax", 1, SoftmaxRules::logSoftmax));

    private SoftmaxRules() {}

    /** {@code dx = y · (dy - Σ dy·y)}. */
    private static void softmax(NodeGradient g) {
        g.give(0, () -> {
            Value sum = g.sum(g.mul(g.dy(), g.out()), true, axes(g));
            return g.mul(g.out(), g.sub(g.dy(), sum));
        });
    }

    /** {@code dx = dy - e^y · Σ dy}. */
    private static void logSoftmax(NodeGradient g) {
        g.give(0, () -> {
            Value sum = g.sum(g.dy(), true, axes(g));
            return g.sub(g.dy(), g.mul(g.node("Exp", g.out()), sum));
        });
    }

    private static long[] axes(NodeGradient g) {
        boolean one = g.opset() >= ONE_AXIS;
        int axis = g.axis(g.out(), g.node().intAttribute("axis", one ? -1 : 1));
        return one ? new long[] {axis} : LongStream.range(axis, g.rank(g.out())).toArray();
    }
}
