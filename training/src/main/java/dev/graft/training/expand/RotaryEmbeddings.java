package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.List;

/**
 * ONNX's RotaryEmbedding as ONNX Runtime's operator of that name, which has the gradient rule: one pass forwards and one backwards,
 * where its parts would take eight.
 */
final class RotaryEmbeddings {
    private static final int POSITIONS = 3;
    private static final int BY_HEAD = 4;

    private RotaryEmbeddings() {}

    static boolean ofOnnx(NodeExpansion n) {
        long rotated = n.attribute("rotary_embedding_dim", 0);
        long heads = n.rank(n.in(0)) == BY_HEAD ? n.dim(n.in(0), 1).orElse(0) : n.attribute("num_heads", 0);
        if (rotated > 0 && heads <= 0) {
            return false;
        }
        Value cos = n.in(1);
        Value sin = n.in(2);
        Value positions = n.has(POSITIONS) ? n.cast(n.in(POSITIONS), DType.INT64) : numbered(n, cos);
        return n.give(
                0,
                n.microsoft(
                        "RotaryEmbedding",
                        List.of(
                                n.in(0),
                                positions,
                                n.has(POSITIONS) ? cos : rows(n, cos),
                                n.has(POSITIONS) ? sin : rows(n, sin)),
                        Attribute.of("interleaved", n.attribute("interleaved", 0)),
                        Attribute.of("num_heads", heads),
                        Attribute.of("rotary_embedding_dim", rotated)));
    }

    /** A cache [batch, positions, size], which holds a row for each token, as the table of all rows. */
    private static Value rows(NodeExpansion n, Value cache) {
        return n.node("Flatten", List.of(cache), Attribute.of("axis", 2L));
    }

    /** The number of each token's row in that table. */
    private static Value numbered(NodeExpansion n, Value cache) {
        Value shape = n.at(n.shape(cache), 0, 1);
        Value count = n.mul(n.at(shape, 0), n.at(shape, 1));
        return n.reshape(n.range(count), shape);
    }
}
