package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.broadcast;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Sums, products and elementary functions. */
final class ArithmeticRules {
    static final List<Entry> ENTRIES = List.of(
            broadcast("Add", 7, g -> g.give(0, g::dy).give(1, g::dy)),
            rule("Sub", 7, ArithmeticRules::sub),
            broadcast("Mul", 7, ArithmeticRules::mul),
            rule("Div", 7, ArithmeticRules::div),
            broadcast("Sum", 8, ArithmeticRules::sum),
            rule("Mean", 8, ArithmeticRules::mean),
            rule("Neg", 6, g -> g.give(0, () -> g.neg(g.dy()))),
            rule("Abs", 6, g -> g.give(0, () -> g.mul(g.dy(), g.node("Sign", g.in(0))))),
            rule("Sqrt", 6, g -> g.give(0, () -> g.div(g.dy(), g.add(g.out(), g.out())))),
            rule("Reciprocal", 6, g -> g.give(0, () -> g.neg(g.mul(g.mul(g.dy(), g.out()), g.out())))),
            rule("Exp", 6, g -> g.give(0, () -> g.mul(g.dy(), g.out()))),
            rule("Log", 6, g -> g.give(0, () -> g.div(g.dy(), g.in(0)))),
            rule("Sin", 7, g -> g.give(0, () -> g.mul(g.dy(), g.node("Cos", g.in(0))))),
            rule("Cos", 7, g -> g.give(0, () -> g.neg(g.mul(g.dy(), g.node("Sin", g.in(0)))))),
            rule("Erf", 9, ArithmeticRules::erf));

    private ArithmeticRules() {}

    /** The sign changes after the sum over what was broadcast, where there is less to change. */
    private static void sub(NodeGradient g) {
        g.give(0, () -> g.summed(g.dy(), 0)).give(1, () -> g.neg(g.summed(g.dy(), 1)));
    }

    /** {@code da = dy · b}, {@code db = dy · a}; of a square {@code dy · 2a}. */
    private static void mul(NodeGradient g) {
        if (g.in(0) == g.in(1)) {
            g.give(0, () -> g.mul(g.dy(), g.add(g.in(0), g.in(0))));
            return;
        }
        g.give(0, () -> g.mul(g.dy(), g.in(1))).give(1, () -> g.mul(g.dy(), g.in(0)));
    }

    /** {@code y = a / b}: {@code da = dy / b}, {@code db = -dy · y / b}. */
    private static void div(NodeGradient g) {
        g.give(0, () -> g.summed(g.div(g.dy(), g.in(1)), 0));
        g.give(1, () -> g.neg(g.div(g.summed(g.mul(g.dy(), g.out()), 1), g.in(1))));
    }

    private static void sum(NodeGradient g) {
        for (int i = 0; i < g.node().inputs().size(); i++) {
            g.give(i, g::dy);
        }
    }

    private static void mean(NodeGradient g) {
        Value part = g.mul(g.dy(), g.constant(1.0 / g.node().inputs().size()));
        for (int i = 0; i < g.node().inputs().size(); i++) {
            int index = i;
            g.give(i, () -> g.summed(part, index));
        }
    }

    /** {@code dx = dy · 2/√π · exp(-x²)}, with the factor as a summand of the exponent. */
    private static void erf(NodeGradient g) {
        g.give(0, () -> {
            Value exponent = g.sub(g.constant(Math.log(2 / Math.sqrt(Math.PI))), g.mul(g.in(0), g.in(0)));
            return g.mul(g.dy(), g.node("Exp", exponent));
        });
    }
}
