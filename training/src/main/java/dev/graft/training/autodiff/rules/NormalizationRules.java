package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.stream.LongStream;

/** Normalisations, differentiated as a whole: fewer passes over the data than their parts would take. */
final class NormalizationRules {
    static final List<Entry> ENTRIES = List.of(
            rule("SimplifiedLayerNormalization", 1, NormalizationRules::rootMeanSquare),
            rule("RMSNormalization", 23, NormalizationRules::rootMeanSquare),
            rule("LayerNormalization", 17, NormalizationRules::layer));

    private NormalizationRules() {}

    /**
     * {@code y = w · x / s} with {@code s = √(mean x² + ε)}: {@code dx = (dŷ - x̂ · mean(dŷ·x̂)) / s} with {@code dŷ = dy·w},
     * {@code x̂ = x/s}; {@code dw = Σ dy·x̂}.
     */
    private static void rootMeanSquare(NodeGradient g) {
        Value x = g.in(0);
        long[] axes = axes(g);
        Value square = g.mean(g.mul(x, x), true, axes);
        Value inverse = g.node("Reciprocal", g.node("Sqrt", g.add(square, g.constant(epsilon(g)))));
        Value normed = g.mul(x, inverse);
        g.give(0, () -> {
            Value weighted = g.mul(g.dy(), g.in(1));
            Value mean = g.mean(g.mul(weighted, normed), true, axes);
            return g.mul(g.sub(weighted, g.mul(normed, mean)), inverse);
        });
        g.give(1, () -> g.summedTo(g.mul(g.dy(), normed), g.in(1), List.of(g.out()), 0));
    }

    /** The same of {@code x - mean x}: {@code dx = (dŷ - mean dŷ - x̂ · mean(dŷ·x̂)) / s}; {@code db = Σ dy}. */
    private static void layer(NodeGradient g) {
        long[] axes = axes(g);
        Value centred = g.sub(g.in(0), g.mean(g.in(0), true, axes));
        Value variance = g.mean(g.mul(centred, centred), true, axes);
        Value inverse = g.node("Reciprocal", g.node("Sqrt", g.add(variance, g.constant(epsilon(g)))));
        Value normed = g.mul(centred, inverse);
        g.give(0, () -> {
            Value weighted = g.mul(g.dy(), g.in(1));
            Value mean = g.mean(weighted, true, axes);
            Value along = g.mean(g.mul(weighted, normed), true, axes);
            return g.mul(g.sub(g.sub(weighted, mean), g.mul(normed, along)), inverse);
        });
        g.give(1, () -> g.summedTo(g.mul(g.dy(), normed), g.in(1), List.of(g.out()), 0));
        g.give(2, () -> g.summedTo(g.dy(), g.in(2), List.of(g.out()), 0));
    }

    private static double epsilon(NodeGradient g) {
        return g.node().floatAttribute("epsilon", 1e-5f);
    }

    private static long[] axes(NodeGradient g) {
        int first = g.axis(g.in(0), g.node().intAttribute("axis", -1));
        return LongStream.range(first, g.rank(g.in(0))).toArray();
    }
}
