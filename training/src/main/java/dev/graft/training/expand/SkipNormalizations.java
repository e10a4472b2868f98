package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Normalisations of a sum, as the sum and the normalisation. The mean and deviation that only training kernels give stay out. */
final class SkipNormalizations {
    private static final float EPSILON = 1e-12f;
    private static final int SUM = 3;

    private SkipNormalizations() {}

    static boolean layer(NodeExpansion n) {
        Value sum = n.plus(n.add(n.in(0), n.in(1)), n.optional(4));
        n.give(0, normed(n, sum, n.in(2), n.optional(3)));
        return n.give(SUM, sum);
    }

    /** {@code LayerNormalization} along the last axis, with the epsilon of ONNX Runtime's fused normalisations. */
    static Value normed(NodeExpansion n, Value x, Value gamma, @Nullable Value beta) {
        return n.nodeOf("LayerNormalization", "", Arrays.asList(x, gamma, beta), axis(), epsilon(n));
    }

    static boolean rootMeanSquare(NodeExpansion n) {
        Value sum = n.plus(n.add(n.in(0), n.in(1)), n.optional(3));
        Value normed = n.nodeOf(
                "SimplifiedLayerNormalization",
                "",
                Arrays.asList(sum, n.in(2)),
                axis(),
                epsilon(n),
                Attribute.of("stash_type", 1L));
        n.give(0, normed);
        return n.give(SUM, sum);
    }

    private static Attribute axis() {
        return Attribute.of("axis", -1L);
    }

    private static Attribute epsilon(NodeExpansion n) {
        return Attribute.of("epsilon", n.attribute("epsilon", EPSILON));
    }
}
