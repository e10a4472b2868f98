package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;

/** ONNX Runtime's EmbedLayerNormalization: the sum of up to three embeddings, normalised. */
final class EmbedNormalization {
    private static final int IDS = 0;
    private static final int SEGMENTS = 1;
    private static final int WORDS = 2;
    private static final int PLACES = 3;
    private static final int SEGMENT_TABLE = 4;
    private static final int GAMMA = 5;
    private static final int BETA = 6;
    private static final int MASK = 7;
    private static final int POSITIONS = 8;

    private EmbedNormalization() {}

    static boolean expand(NodeExpansion n) {
        Value words = n.builder().gather(n.in(WORDS), n.in(IDS), 0);
        Value positions = n.has(POSITIONS) ? n.in(POSITIONS) : n.range(n.length(n.in(IDS), 1));
        Value sum = n.add(words, n.builder().gather(n.in(PLACES), positions, 0));
        if (n.has(SEGMENTS) && n.has(SEGMENT_TABLE)) {
            sum = n.add(sum, n.builder().gather(n.in(SEGMENT_TABLE), n.in(SEGMENTS), 0));
        }
        n.give(0, SkipNormalizations.normed(n, sum, n.in(GAMMA), n.optional(BETA)));
        if (n.wants(1)) {
            n.give(1, maskIndex(n));
        }
        return n.give(2, sum);
    }

    /** How many ones each row of the mask has; zeros where there is no mask. */
    private static Value maskIndex(NodeExpansion n) {
        if (n.has(MASK)) {
            Value ones =
                    n.node("Equal", n.cast(n.in(MASK), DType.INT64), n.builder().index(1));
            return n.sum(n.cast(ones, DType.INT32), false, 1);
        }
        Value zeros = n.mul(n.range(n.length(n.in(IDS), 0)), n.builder().index(0));
        return n.cast(zeros, DType.INT32);
    }
}
