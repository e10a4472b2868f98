package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operators with a bias in front or an activation behind them. */
final class Activations {
    private static final long BOUNDS_AS_INPUT = 11;

    private Activations() {}

    static boolean biasGelu(NodeExpansion n) {
        return n.give(0, gelu(n, n.add(n.in(0), n.in(1))));
    }

    /** Without a bias the operator has a rule of its own. */
    static boolean fastGelu(NodeExpansion n) {
        return n.has(1) && n.give(0, n.microsoft("FastGelu", List.of(n.add(n.in(0), n.in(1)))));
    }

    static boolean biasAdd(NodeExpansion n) {
        return n.give(0, n.add(n.add(n.in(0), n.in(1)), n.in(2)));
    }

    /** The first half of {@code x + bias} times the gelu of the second. */
    static boolean biasSplitGelu(NodeExpansion n) {
        long width = n.dim(n.in(1), 0).orElse(0);
        if (width == 0 || width % 2 != 0) {
            return false;
        }
        List<Value> halves = n.split(n.add(n.in(0), n.in(1)), 2, width / 2, width / 2);
        return n.give(0, n.mul(halves.get(0), gelu(n, halves.get(1))));
    }

    static boolean fusedGemm(NodeExpansion n) {
        Node node = n.node();
        Optional<Activation> activation = Activation.of(
                node.stringAttribute("activation", ""),
                node.floatAttribute("activation_alpha", Float.NaN),
                node.floatAttribute("activation_beta", Float.NaN));
        if (activation.isEmpty()) {
            return false;
        }
        Value product = n.nodeOf("Gemm", "", node.inputs(), n.attributes("alpha", "beta", "transA", "transB"));
        return n.give(0, activation.get().write(n, product));
    }

    /** A convolution, plus a fourth input, with an activation behind it. */
    static boolean fusedConv(NodeExpansion n) {
        Node node = n.node();
        List<Float> parameters = node.attribute("activation_params")
                .map(attribute ->
                        attribute.value() instanceof Attribute.FloatsValue floats ? floats.values() : List.<Float>of())
                .orElse(List.of());
        Optional<Activation> activation = Activation.of(
                node.stringAttribute("activation", ""),
                parameters.isEmpty() ? Float.NaN : parameters.get(0),
                parameters.size() < 2 ? Float.NaN : parameters.get(1));
        if (activation.isEmpty()) {
            return false;
        }
        Value convolved = n.nodeOf(
                "Conv",
                "",
                Arrays.asList(n.in(0), n.in(1), n.optional(2)),
                n.attributes("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"));
        return n.give(0, activation.get().write(n, n.plus(convolved, n.optional(3))));
    }

    private static Value gelu(NodeExpansion n, Value x) {
        return n.microsoft("Gelu", List.of(x));
    }

    /**
     * An activation behind another operator.
     *
     * @param operator ONNX's operator; empty for none
     * @param alpha its first parameter; NaN for the operator's own default
     * @param beta its second
     */
    private record Activation(String operator, float alpha, float beta) {
        private static final List<String> KNOWN =
                List.of("", "Relu", "Tanh", "Sigmoid", "LeakyRelu", "HardSigmoid", "Clip");

        static Optional<Activation> of(String operator, float alpha, float beta) {
            boolean bounded = !operator.equals("Clip") || !Float.isNaN(alpha) && !Float.isNaN(beta);
            return KNOWN.contains(operator) && bounded
                    ? Optional.of(new Activation(operator, alpha, beta))
                    : Optional.empty();
        }

        Value write(NodeExpansion n, Value x) {
            return switch (operator) {
                case "" -> x;
                case "Relu", "Tanh", "Sigmoid" -> n.node(operator, x);
                case "Clip" -> clip(n, x);
                case "LeakyRelu" -> n.nodeOf(operator, "", List.of(x), present("alpha", alpha));
                default -> n.nodeOf(operator, "", List.of(x), present("alpha", alpha, "beta", beta));
            };
        }

        private Value clip(NodeExpansion n, Value x) {
            return n.opset() >= BOUNDS_AS_INPUT
                    ? n.node("Clip", x, n.scalar(n.dtype(n.in(0)), alpha), n.scalar(n.dtype(n.in(0)), beta))
                    : n.nodeOf("Clip", "", List.of(x), Attribute.of("min", alpha), Attribute.of("max", beta));
        }

        private static Attribute[] present(Object... namesAndValues) {
            List<Attribute> attributes = new java.util.ArrayList<>();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                float value = (Float) namesAndValues[i + 1];
                if (!Float.isNaN(value)) {
                    attributes.add(Attribute.of((String) namesAndValues[i], value));
                }
            }
            return attributes.toArray(Attribute[]::new);
        }
    }
}
