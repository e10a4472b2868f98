package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.rule;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Powers: {@code dx = dy · p · x^(p-1)}, {@code dp = dy · y · ln x}. As PyTorch has it, the gradient of {@code x^0} is zero at zero
 * too, and that of the exponent is zero where x is.
 */
final class PowerRule {
    static final List<Entry> ENTRIES = List.of(rule("Pow", 7, PowerRule::pow));

    private PowerRule() {}

    private static void pow(NodeGradient g) {
        g.give(0, () -> {
            OptionalDouble exponent = exponent(g);
            return g.summed(exponent.isPresent() ? constantPower(g, exponent.getAsDouble()) : power(g), 0);
        });
        g.give(1, () -> {
            Value x = g.in(0);
            Value one = g.scalar(g.dtype(x), 1);
            Value base = g.where(g.equal(x, g.scalar(g.dtype(x), 0)), one, x);
            return g.summed(exponentType(g, g.mul(g.mul(g.dy(), g.out()), g.node("Log", base))), 1);
        });
    }

    private static Value exponentType(NodeGradient g, Value gradient) {
        return g.dtype(g.in(1)) == g.dtype(g.in(0)) ? gradient : g.cast(gradient, g.dtype(g.in(1)));
    }

    private static Value constantPower(NodeGradient g, double exponent) {
        Value x = g.in(0);
        if (exponent == 0) {
            return g.mul(g.dy(), g.constant(0));
        } else if (exponent == 1) {
            return g.dy();
        } else if (exponent == 2) {
            return g.mul(g.dy(), g.add(x, x));
        } else if (exponent == 3) {
            return g.mul(g.dy(), g.mul(g.mul(x, x), g.constant(3)));
        } else if (exponent == 0.5) {
            return g.div(g.dy(), g.add(g.out(), g.out()));
        } else if (exponent == -1) {
            return g.neg(g.mul(g.mul(g.dy(), g.out()), g.out()));
        }
        Value lower = g.node("Pow", x, g.constant(exponent - 1));
        return g.mul(g.dy(), g.mul(lower, g.constant(exponent)));
    }

    private static Value power(NodeGradient g) {
        DType dtype = g.dtype(g.in(0));
        Value exponent = g.dtype(g.in(1)) == dtype ? g.in(1) : g.cast(g.in(1), dtype);
        Value zero = g.scalar(dtype, 0);
        Value one = g.scalar(dtype, 1);
        // x^0 instead of x^-1, which is infinite at zero; the factor is zero anyway
        Value lower = g.where(g.equal(exponent, zero), zero, g.sub(exponent, one));
        return g.mul(g.dy(), g.mul(exponent, g.node("Pow", g.in(0), lower)));
    }

    private static OptionalDouble exponent(NodeGradient g) {
        return g.in(1)
                .constant()
                .filter(data -> data.shape().elements() == 1)
                .map(data -> OptionalDouble.of(g.doubles(g.in(1))[0]))
                .orElse(OptionalDouble.empty());
    }
}
