package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.broadcast;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Sums, products, powers and roots. */
final class ArithmeticRules {
    static final List<Entry> ENTRIES = List.of(
            broadcast("Add", 7, g -> g.give(0, g::dy).give(1, g::dy)),
            broadcast("Sub", 7, g -> g.give(0, g::dy).give(1, () -> g.neg(g.dy()))),
            broadcast("Mul", 7, g -> g.give(0, () -> g.mul(g.dy(), g.in(1))).give(1, () -> g.mul(g.dy(), g.in(0)))),
            broadcast("Div", 7, ArithmeticRules::div),
            broadcast("Pow", 7, ArithmeticRules::pow),
            rule("Neg", 6, g -> g.give(0, () -> g.neg(g.dy()))),
            rule("Sqrt", 6, g -> g.give(0, () -> g.div(g.dy(), g.add(g.out(), g.out())))),
            rule("Reciprocal", 6, g -> g.give(0, () -> g.neg(g.mul(g.dy(), g.mul(g.out(), g.out()))))),
            rule("Exp", 6, g -> g.give(0, () -> g.mul(g.dy(), g.out()))),
            rule("Log", 6, g -> g.give(0, () -> g.div(g.dy(), g.in(0)))),
            rule("Sin", 7, g -> g.give(0, () -> g.mul(g.dy(), g.node("Cos", g.in(0))))),
            rule("Cos", 7, g -> g.give(0, () -> g.neg(g.mul(g.dy(), g.node("Sin", g.in(0)))))));

    private ArithmeticRules() {}

    /** {@code y = a / b}: {@code da = dy / b}, {@code db = -dy · y / b}. */
    private static void div(NodeGradient g) {
        g.give(0, () -> g.div(g.dy(), g.in(1)));
        g.give(1, () -> g.neg(g.div(g.mul(g.dy(), g.out()), g.in(1))));
    }

    /** {@code dx = dy · p · x^(p-1)}, {@code dp = dy · y · ln x}; a square is {@code 2 · dy · x}. */
    private static void pow(NodeGradient g) {
        g.give(0, () -> {
            Value x = g.in(0);
            if (exponent(g) == 2) {
                return g.mul(g.dy(), g.add(x, x));
            }
            Value power = g.cast(g.in(1), g.dtype(x));
            Value slope = g.mul(power, g.node("Pow", x, g.sub(power, g.constant(1))));
            return g.mul(g.dy(), slope);
        });
        g.give(1, () -> g.mul(g.dy(), g.mul(g.out(), g.node("Log", g.in(0)))));
    }

    private static double exponent(NodeGradient g) {
        return g.in(1)
                .constant()
                .filter(data -> data.shape().elements() == 1 && data.dtype().isFloat())
                .map(data -> data.tensor("exponent").toDoubles()[0])
                .orElse(Double.NaN);
    }
}
