package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.GradientTable.broadcast;
import static dev.graft.training.autodiff.rules.ActivationRules.slope;

import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.Value;
import dev.graft.training.autodiff.GradientTable;
import dev.graft.training.autodiff.GradientTable.Entry;
import dev.graft.training.autodiff.NodeGradient;
import java.util.List;

/** Smooth activations: sigmoids and what is gated by them. */
final class GateRules {
    private static final double TANH_FACTOR = Math.sqrt(2 / Math.PI);
    private static final double TANH_CUBIC = 0.044715;

    static final List<Entry> ENTRIES = List.of(
            slope("Sigmoid", 6, g -> g.sub(g.out(), g.mul(g.out(), g.out()))),
            slope("Tanh", 6, g -> g.sub(g.constant(1), g.mul(g.out(), g.out()))),
            slope("Softplus", 1, g -> g.node("Sigmoid", g.in(0))),
            slope("Softsign", 1, GateRules::softsign),
            slope("Mish", 18, GateRules::mish),
            slope("Swish", 24, g -> quick(g, g.node().floatAttribute("alpha", 1))),
            slope("Gelu", 20, g -> gelu(g, g.in(0))),
            fused("Gelu", g -> erfGelu(g, g.in(0))),
            fused("QuickGelu", g -> quick(g, g.node().floatAttribute("alpha", 1.702f))),
            fused("FastGelu", g -> tanhGelu(g, g.has(1) ? g.add(g.in(0), g.in(1)) : g.in(0))),
            fused("BiasGelu", g -> erfGelu(g, g.add(g.in(0), g.in(1)))));

    private GateRules() {}

    /** One of ONNX Runtime's own, of the sum of its inputs. */
    private static Entry fused(String operator, ActivationRules.Slope slope) {
        Entry broadcast = broadcast(operator, 1, g -> {
            Value gradient = g.mul(g.dy(), slope.of(g));
            g.give(0, () -> gradient).give(1, () -> gradient);
        });
        return new Entry(GraphBuilder.MICROSOFT, operator, 1, GradientTable.Kind.BROADCAST, broadcast.rule());
    }

    /** {@code 1/(1+|x|)² = (1-|y|)²} */
    private static Value softsign(NodeGradient g) {
        Value root = g.sub(g.constant(1), g.node("Abs", g.out()));
        return g.mul(root, root);
    }

    /** Of {@code x · t}, {@code t = tanh(softplus x)}: {@code t + x · (1 - t²) · σ(x)}. */
    private static Value mish(NodeGradient g) {
        Value x = g.in(0);
        Value gate = g.node("Tanh", g.node("Softplus", x));
        Value inner = g.mul(g.sub(x, g.mul(g.mul(x, gate), gate)), g.node("Sigmoid", x));
        return g.add(gate, inner);
    }

    /** Of {@code y = x · σ(αx)}: {@code σ + α · (y - y·σ)}. */
    private static Value quick(NodeGradient g, double alpha) {
        Value scaled = alpha == 1 ? g.in(0) : g.mul(g.in(0), g.constant(alpha));
        Value gate = g.node("Sigmoid", scaled);
        Value change = g.sub(g.out(), g.mul(g.out(), gate));
        return g.add(gate, alpha == 1 ? change : g.mul(change, g.constant(alpha)));
    }

    private static Value gelu(NodeGradient g, Value x) {
        return g.node().stringAttribute("approximate", "none").equals("tanh") ? tanhGelu(g, x) : erfGelu(g, x);
    }

    /** Of {@code x · Φ(x)}: {@code Φ + x·φ = ½ · (1 + erf u + u · 2/√π · exp(-u²))}, {@code u = x/√2}. */
    private static Value erfGelu(NodeGradient g, Value x) {
        Value u = g.mul(x, g.constant(Math.sqrt(0.5)));
        Value exponent = g.sub(g.constant(Math.log(2 / Math.sqrt(Math.PI))), g.mul(u, u));
        Value twice = g.add(g.node("Erf", u), g.mul(u, g.node("Exp", exponent)));
        return g.add(g.mul(twice, g.constant(0.5)), g.constant(0.5));
    }

    /**
     * Of {@code y = x · σ(v)}, {@code v = x · (k + k·c·x²)}, {@code k = 2·√(2/π)}, which is the approximation by tanh:
     * {@code σ + (y - y·σ) · (k + 3·k·c·x²)}.
     */
    private static Value tanhGelu(NodeGradient g, Value x) {
        Value square = g.mul(x, x);
        Value factor = g.constant(2 * TANH_FACTOR);
        Value inner = g.add(g.mul(square, g.constant(2 * TANH_FACTOR * TANH_CUBIC)), factor);
        Value gate = g.node("Sigmoid", g.mul(x, inner));
        Value change = g.sub(g.out(), g.mul(g.out(), gate));
        Value slope = g.add(g.mul(square, g.constant(6 * TANH_FACTOR * TANH_CUBIC)), factor);
        return g.add(gate, g.mul(change, slope));
    }
}
