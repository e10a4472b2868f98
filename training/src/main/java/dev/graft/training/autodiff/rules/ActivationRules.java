package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.broadcast;
import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Activations with one formula on each side of zero; at the kink they have the slope that PyTorch gives. */
final class ActivationRules {
    static final List<Entry> ENTRIES = List.of(
            rule("Relu", 6, g -> g.give(0, () -> g.mul(g.dy(), g.node("Sign", g.out())))),
            slope("LeakyRelu", 6, g -> SelectionRules.step(g, positive(g), alpha(g, 0.01f))),
            slope("ThresholdedRelu", 10, ActivationRules::thresholdedRelu),
            broadcast("PRelu", 7, ActivationRules::pRelu),
            slope("Elu", 6, g -> exponential(g, 1, alpha(g, 1))),
            slope("Selu", 6, ActivationRules::selu),
            slope("Celu", 12, ActivationRules::celu),
            slope("HardSigmoid", 6, ActivationRules::hardSigmoid),
            slope("HardSwish", 14, ActivationRules::hardSwish));

    private ActivationRules() {}

    /** A factor of the gradient. */
    interface Slope {
        Value of(NodeGradient g);
    }

    /** A rule {@code dx = dy · slope}. */
    static Entry slope(String operator, long since, Slope slope) {
        return rule(operator, since, g -> g.give(0, () -> g.mul(g.dy(), slope.of(g))));
    }

    private static double alpha(NodeGradient g, float otherwise) {
        return g.node().floatAttribute("alpha", otherwise);
    }

    private static Value positive(NodeGradient g) {
        return g.node("Greater", g.in(0), g.constant(0));
    }

    private static Value thresholdedRelu(NodeGradient g) {
        return g.indicator(g.node("Greater", g.in(0), g.constant(alpha(g, 1))), g.dtype(g.out()));
    }

    /** {@code dx = dy · (x > 0 ? 1 : a)}, {@code da = dy · min(x, 0)}. */
    private static void pRelu(NodeGradient g) {
        g.give(0, () -> g.mul(g.dy(), g.where(positive(g), g.constant(1), g.in(1))));
        g.give(1, () -> g.mul(g.dy(), g.node("Min", g.in(0), g.constant(0))));
    }

    /** Of {@code x > 0 ? above · x : factor · (e^x - 1)}, whose slope below zero is {@code y + factor}. */
    private static Value exponential(NodeGradient g, double above, double factor) {
        return g.where(positive(g), g.constant(above), g.add(g.out(), g.constant(factor)));
    }

    private static Value selu(NodeGradient g) {
        double gamma = g.node().floatAttribute("gamma", 1.050701f);
        return exponential(g, gamma, gamma * alpha(g, 1.6732632f));
    }

    /** {@code e^(x/α) = y/α + 1} below zero. */
    private static Value celu(NodeGradient g) {
        Value below = g.mul(g.node("Min", g.out(), g.constant(0)), g.constant(1 / alpha(g, 1)));
        return g.add(below, g.constant(1));
    }

    /** α where the output lies between 0 and 1. */
    private static Value hardSigmoid(NodeGradient g) {
        Value inside = g.node("And", g.node("Greater", g.out(), g.constant(0)), g.node("Less", g.out(), g.constant(1)));
        return g.where(inside, g.constant(alpha(g, 0.2f)), g.constant(0));
    }

    /** {@code x/3 + 1/2} between -3 and 3. */
    private static Value hardSwish(NodeGradient g) {
        Value middle = g.add(g.mul(g.in(0), g.constant(1 / 3.0)), g.constant(0.5));
        Value upper = g.where(g.node("Less", g.in(0), g.constant(3)), middle, g.constant(1));
        return g.where(g.node("Greater", g.in(0), g.constant(-3)), upper, g.constant(0));
    }
}
