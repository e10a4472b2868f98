package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/** Softmax and its logarithm: along one axis, before operator set 13 along all from one on. */
final class SoftmaxRules {
    private static final long ONE_AXIS = 13;

    static final List<Entry> ENTRIES =
            List.of(rule("Softmax", 1, SoftmaxRules::softmax), rule("LogSoftmax", 1, SoftmaxRules::logSoftmax));

    private static final long LAST_AXIS_BY_DEFAULT = 13;

    private SoftmaxRules() {}

    /** {@code dx = y · (dy - Σ dy·y)}. */
    private static void softmax(NodeGradient g) {
        g.give(0, () -> {
            Value sum = attentionSum(g).orElseGet(() -> g.sum(g.mul(g.dy(), g.out()), true, axes(g)));
            return g.mul(g.out(), g.sub(g.dy(), sum));
        });
    }

    /**
     * In attention, {@code o = y·V}: the sum over keys of {@code dy·y}, as dy is {@code do·Vᵀ}, is that over o's width of {@code do·o}
     * (Dao et al., FlashAttention, 2022, appendix B.4), which is the shorter one for all but the shortest texts.
     */
    private static Optional<Value> attentionSum(NodeGradient g) {
        Node product = g.dy().producer().orElse(null);
        long axis = g.node().intAttribute("axis", g.opset() >= LAST_AXIS_BY_DEFAULT ? -1 : 1);
        boolean last = g.axis(g.out(), axis) == g.rank(g.out()) - 1;
        if (product == null || !last || !isTimesTransposed(product)) {
            return Optional.empty();
        }
        Value outputGradient = product.input(0);
        return g.out().uses().stream()
                .filter(use -> use.input() == 0
                        && use.node().is("MatMul")
                        && use.node().input(1) == product.input(1))
                .findFirst()
                .map(use ->
                        g.mul(Objects.requireNonNull(outputGradient), use.node().output(0)))
                .map(weighted -> g.sum(weighted, true, g.rank(g.out()) - 1));
    }

    private static boolean isTimesTransposed(Node node) {
        return node.is(GraphBuilder.MICROSOFT, "FusedMatMul")
                && node.intAttribute("transA", 0) == 0
                && node.intAttribute("transB", 0) == 1
                && node.floatAttribute("alpha", 1) == 1;
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
