package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/**
 * Normalisations along the last axes, differentiated as a whole: fewer passes over the data than their parts would take.
 *
 * <p>With {@code x̂ = (x - μ) · r}, {@code r = 1/√(var + ε)}, {@code y = w · x̂ + b} and {@code dŷ = dy · w}: {@code dx = r · (dŷ - mean
 * dŷ - x̂ · c)}, {@code c = mean(dŷ · x̂)}, {@code dw = Σ dy · x̂}, {@code db = Σ dy}. The root mean square variant has no μ, no b and no
 * mean of dŷ. Two things save passes: {@code dŷ · x̂ = dy · (y - b)}, so that c comes from the output that is there, and {@code x̂ · c =
 * x · (r · c) - μ · r · c}, whose second part is small. μ and r are outputs of ONNX Runtime's kernels that cost nothing.
 */
final class NormalizationRules {
    static final List<Entry> ENTRIES = List.of(
            rule("SimplifiedLayerNormalization", 1, NormalizationRules::rootMeanSquare),
            rule("RMSNormalization", 23, NormalizationRules::rootMeanSquare),
            rule("LayerNormalization", 17, NormalizationRules::layer));

    private NormalizationRules() {}

    private static void rootMeanSquare(NodeGradient g) {
        requireOneGradient(g);
        long[] axes = axes(g);
        Value x = g.in(0);
        Value inverse = inverse(g, axes);
        g.give(0, () -> {
            Value along = g.mean(g.mul(g.dy(), g.out()), true, axes);
            return g.mul(g.sub(g.mul(g.dy(), g.in(1)), g.mul(x, g.mul(inverse, along))), inverse);
        });
        g.give(1, () -> g.summedTo(g.mul(g.dy(), g.mul(x, inverse)), g.in(1), List.of(g.out()), 0));
    }

    /** {@code 1/√(mean x² + ε)}, from the forward kernel or by reading x once more. */
    private static Value inverse(NodeGradient g, long[] axes) {
        if (g.node().opType().equals("SimplifiedLayerNormalization") && g.dtype(g.out()) == DType.FLOAT32) {
            return g.outOrNew(1);
        }
        Value x = g.in(0);
        OptionalDouble count = new ReducedAxes(axes).fixedCount(g);
        Value square = count.isPresent()
                ? g.mul(g.reduce("ReduceSumSquare", x, true, axes), g.constant(1 / count.getAsDouble()))
                : g.mean(g.mul(x, x), true, axes);
        return g.node("Reciprocal", g.node("Sqrt", g.add(square, g.constant(epsilon(g)))));
    }

    private static void layer(NodeGradient g) {
        requireOneGradient(g);
        long[] axes = axes(g);
        boolean fromKernel = g.dtype(g.out()) == DType.FLOAT32;
        Value mean = fromKernel ? g.outOrNew(1) : g.mean(g.in(0), true, axes);
        Value inverse = fromKernel ? g.outOrNew(2) : inverse(g, g.sub(g.in(0), mean), axes);
        OptionalDouble count = new ReducedAxes(axes).fixedCount(g);
        boolean few = axes.length == 1 && count.isPresent() && (!g.has(2) || g.rank(g.in(2)) == 1);
        g.give(0, () -> few ? fewPasses(g, mean, inverse, count.getAsDouble()) : general(g, mean, inverse, axes));
        g.give(1, () -> g.summedTo(g.mul(g.dy(), normed(g, mean, inverse)), g.in(1), List.of(g.out()), 0));
        g.give(2, () -> g.summedTo(g.dy(), g.in(2), List.of(g.out()), 0));
    }

    private static Value inverse(NodeGradient g, Value centred, long[] axes) {
        Value variance = g.mean(g.mul(centred, centred), true, axes);
        return g.node("Reciprocal", g.node("Sqrt", g.add(variance, g.constant(epsilon(g)))));
    }

    private static Value normed(NodeGradient g, Value mean, Value inverse) {
        return g.mul(g.sub(g.in(0), mean), inverse);
    }

    /** Along the last axis: {@code Σ dy·b} is a product of a matrix and a vector. */
    private static Value fewPasses(NodeGradient g, Value mean, Value inverse, double count) {
        long last = g.rank(g.in(0)) - 1L;
        Value weighted = g.mul(g.dy(), g.in(1));
        Value along = g.mean(g.mul(g.dy(), g.out()), true, last);
        if (g.has(2)) {
            Value bias = g.unsqueeze(g.mul(g.in(2), g.constant(1 / count)), 1);
            along = g.sub(along, g.product(g.dy(), false, bias, false, 1));
        }
        Value slope = g.mul(inverse, along);
        Value shift = g.sub(g.mul(mean, slope), g.mean(weighted, true, last));
        return g.mul(g.add(g.sub(weighted, g.mul(g.in(0), slope)), shift), inverse);
    }

    private static Value general(NodeGradient g, Value mean, Value inverse, long[] axes) {
        Value normed = normed(g, mean, inverse);
        Value weighted = g.mul(g.dy(), g.in(1));
        Value along = g.mean(g.mul(weighted, normed), true, axes);
        Value centred = g.sub(weighted, g.mean(weighted, true, axes));
        return g.mul(g.sub(centred, g.mul(normed, along)), inverse);
    }

    private static void requireOneGradient(NodeGradient g) {
        if (!g.hasDy(0) || g.hasDy(1) || g.hasDy(2)) {
            throw g.refuse("the loss depends on its mean or deviation");
        }
    }

    private static double epsilon(NodeGradient g) {
        return g.node().floatAttribute("epsilon", 1e-5f);
    }

    private static long[] axes(NodeGradient g) {
        int first = g.axis(g.in(0), g.node().intAttribute("axis", -1));
        return LongStream.range(first, g.rank(g.in(0))).toArray();
    }
}
