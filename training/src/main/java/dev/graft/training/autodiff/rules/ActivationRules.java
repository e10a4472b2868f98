package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.microsoft;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Activations, and the softmax. */
final class ActivationRules {
    static final List<Entry> ENTRIES = List.of(
            rule("Sigmoid", 6, g -> g.give(0, () -> g.mul(g.dy(), sigmoidSlope(g, g.out())))),
            rule("Tanh", 6, g -> g.give(0, () -> g.mul(g.dy(), g.sub(g.constant(1), g.mul(g.out(), g.out()))))),
            rule(
                    "Relu",
                    6,
                    g -> g.give(
                            0,
                            () -> g.node("Where", g.node("Greater", g.in(0), g.constant(0)), g.dy(), g.constant(0)))),
            rule(
                    "Erf",
                    9,
                    g -> g.give(0, () -> {
                        Value bell = g.node("Exp", g.neg(g.mul(g.in(0), g.in(0))));
                        return g.mul(g.dy(), g.mul(bell, g.constant(2 / Math.sqrt(Math.PI))));
                    })),
            microsoft("QuickGelu", ActivationRules::quickGelu),
            rule("Softmax", 13, ActivationRules::softmax),
            rule("LogSoftmax", 13, ActivationRules::logSoftmax));

    private ActivationRules() {}

    private static Value sigmoidSlope(NodeGradient g, Value y) {
        return g.mul(y, g.sub(g.constant(1), y));
    }

    /** {@code y = x · σ(αx)}: {@code dx = dy · (σ + αx · σ · (1 - σ))}. */
    private static void quickGelu(NodeGradient g) {
        g.give(0, () -> {
            float alpha = g.node().floatAttribute("alpha", 1.702f);
            Value scaled = alpha == 1 ? g.in(0) : g.mul(g.in(0), g.constant(alpha));
            Value gate = g.node("Sigmoid", scaled);
            // σ + αx·σ·(1-σ) = σ · (1 + αx - αx·σ)
            Value inner = g.add(g.sub(scaled, g.mul(scaled, gate)), g.constant(1));
            return g.mul(g.dy(), g.mul(gate, inner));
        });
    }

    /** {@code dx = y · (dy - Σ dy·y)}. */
    private static void softmax(NodeGradient g) {
        g.give(0, () -> {
            long axis = g.node().intAttribute("axis", -1);
            Value weighted = g.mul(g.dy(), g.out());
            return g.sub(weighted, g.mul(g.out(), g.sum(weighted, true, g.axis(g.out(), axis))));
        });
    }

    /** {@code dx = dy - e^y · Σ dy}. */
    private static void logSoftmax(NodeGradient g) {
        g.give(0, () -> {
            long axis = g.node().intAttribute("axis", -1);
            Value sum = g.sum(g.dy(), true, g.axis(g.out(), axis));
            return g.sub(g.dy(), g.mul(g.node("Exp", g.out()), sum));
        });
    }
}
