package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.microsoft;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.stream.LongStream;

/** Matrix products. A frozen weight is never transposed in memory: the product reads it transposed. */
final class ProductRules {
    static final List<Entry> ENTRIES = List.of(
            rule("MatMul", 1, g -> product(g, false, false, 1)),
            microsoft("FusedMatMul", ProductRules::fused),
            rule("Gemm", 7, ProductRules::gemm));

    private ProductRules() {}

    private static void fused(NodeGradient g) {
        if (g.node().intAttribute("transBatchA", 0) != 0 || g.node().intAttribute("transBatchB", 0) != 0) {
            throw g.refuse("its batch axes are transposed");
        }
        product(
                g,
                g.node().intAttribute("transA", 0) != 0,
                g.node().intAttribute("transB", 0) != 0,
                g.node().floatAttribute("alpha", 1));
    }

    /**
     * {@code Y = α · A·B}: {@code dA = α · dY·Bᵀ}, {@code dB = α · Aᵀ·dY}, and their transposes where A or B is read transposed.
     */
    private static void product(NodeGradient g, boolean transposedA, boolean transposedB, float alpha) {
        int rankA = g.rank(g.in(0));
        int rankB = g.rank(g.in(1));
        if (rankA < 2 || rankB < 2) {
            vectorProduct(g, rankA, rankB);
            return;
        }
        g.give(0, () -> {
            Value full = transposedA
                    ? g.product(g.in(1), transposedB, g.dy(), true, alpha)
                    : g.product(g.dy(), false, g.in(1), !transposedB, alpha);
            return batchSum(g, full, 0);
        });
        g.give(
                1,
                () -> rankB == 2 && rankA > 2 && !transposedA
                        ? rows(g, transposedB, alpha)
                        : batchSum(
                                g,
                                transposedB
                                        ? g.product(g.dy(), true, g.in(0), transposedA, alpha)
                                        : g.product(g.in(0), !transposedA, g.dy(), false, alpha),
                                1));
    }

    /** One product over all rows of all batches, in place of one for each batch and a sum. */
    private static Value rows(NodeGradient g, boolean transposedB, float alpha) {
        Value x = flat(g, g.in(0));
        Value dy = flat(g, g.dy(), g.out());
        return transposedB ? g.product(dy, true, x, false, alpha) : g.product(x, true, dy, false, alpha);
    }

    private static Value flat(NodeGradient g, Value value) {
        return flat(g, value, value);
    }

    private static Value flat(NodeGradient g, Value value, Value typed) {
        long width = g.dim(typed, -1).orElse(-1);
        return width >= 0
                ? g.reshape(value, g.ints(-1, width))
                : g.reshape(value, g.builder().concat(0, List.of(g.ints(-1), g.at(g.shape(value), g.rank(typed) - 1))));
    }

    /** Sums away the leading axes that the input does not have or has with length 1. */
    private static Value batchSum(NodeGradient g, Value full, int index) {
        return g.summedTo(full, g.in(index), g.inputsBut(index), 2);
    }

    /** A vector takes part as a matrix of one row or column, and the result loses that axis. */
    private static void vectorProduct(NodeGradient g, int rankA, int rankB) {
        if (rankA == 1 && rankB == 1) {
            g.give(0, () -> g.mul(g.dy(), g.in(1)));
            g.give(1, () -> g.mul(g.dy(), g.in(0)));
        } else if (rankB == 1) {
            // y[..., i] = Σ_k A[..., i, k] b[k]
            g.give(0, () -> g.mul(g.unsqueeze(g.dy(), rankA - 1), g.in(1)));
            g.give(1, () -> {
                Value weighted = g.mul(g.unsqueeze(g.dy(), rankA - 1), g.in(0));
                return g.sum(weighted, false, first(rankA - 1));
            });
        } else {
            // y[..., j] = Σ_k a[k] B[..., k, j]
            g.give(0, () -> {
                Value weighted = g.mul(g.unsqueeze(g.dy(), rankB - 2), g.in(1));
                Value kept = g.sum(weighted, false, rankB - 1);
                return rankB == 2 ? kept : g.sum(kept, false, first(rankB - 2));
            });
            g.give(1, () -> g.mul(g.unsqueeze(g.in(0), 1), g.unsqueeze(g.dy(), rankB - 2)));
        }
    }

    /** {@code Y = α · A·B + β · C} with A and B transposed where said; C is broadcast. */
    private static void gemm(NodeGradient g) {
        boolean transposedA = g.node().intAttribute("transA", 0) != 0;
        boolean transposedB = g.node().intAttribute("transB", 0) != 0;
        float alpha = g.node().floatAttribute("alpha", 1);
        float beta = g.node().floatAttribute("beta", 1);
        g.give(
                0,
                () -> transposedA
                        ? g.product(g.in(1), transposedB, g.dy(), true, alpha)
                        : g.product(g.dy(), false, g.in(1), !transposedB, alpha));
        g.give(
                1,
                () -> transposedB
                        ? g.product(g.dy(), true, g.in(0), transposedA, alpha)
                        : g.product(g.in(0), !transposedA, g.dy(), false, alpha));
        g.give(2, () -> {
            Value sum = g.summedTo(g.dy(), g.in(2), List.of(g.out()), 0);
            return beta == 1 ? sum : g.mul(sum, g.constant(beta));
        });
    }

    /** The axes 0 to {@code count - 1}. */
    private static long[] first(int count) {
        return LongStream.range(0, count).toArray();
    }
}
