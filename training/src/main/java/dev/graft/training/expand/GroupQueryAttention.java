package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's GroupQueryAttention of a prompt, without earlier tokens.
 *
 * <p>Rows may be padded at the right: a causal query never sees the padding behind it, so {@code seqlens_k} has no effect on the
 * positions that count, and what the operator computes for the others is not specified. Positions for the rotation count from 0,
 * or from the first element of {@code position_ids}, which is all that the operator reads of them in a prompt.
 */
final class GroupQueryAttention {
    private static final int PAST_KEY = 3;
    private static final int PAST_VALUE = 4;
    private static final int SEQLENS = 5;
    private static final int TOTAL_LENGTH = 6;
    private static final int COS = 7;
    private static final int SIN = 8;
    private static final int POSITIONS = 9;
    private static final int BIAS = 10;
    private static final int SINK = 11;
    private static final int FIRST_UNSUPPORTED = 12;
    private static final int QK_OUTPUT = 3;

    private GroupQueryAttention() {}

    static boolean expand(NodeExpansion n) {
        long heads = n.attribute("num_heads", 0);
        long keyHeads = n.attribute("kv_num_heads", 0);
        boolean known = heads > 0 && keyHeads > 0 && heads % keyHeads == 0;
        if (!known || !isPrompt(n) || n.attribute("do_rotary", 0) != 0 && !(n.has(COS) && n.has(SIN))) {
            return false;
        }
        AttentionHeads attention = heads(n, heads, keyHeads);
        Value scores = attention.bounded(n, attention.scores(n));
        Value masked = n.plus(n.plus(scores, n.optional(BIAS)), mask(n));
        Value probabilities = hasSink(n) ? softmaxWithSink(n, masked, heads) : n.softmax(masked);
        n.give(0, AttentionHeads.together(n, attention.weighted(n, probabilities)));
        n.give(1, attention.key());
        return n.give(2, attention.value());
    }

    private static boolean isPrompt(NodeExpansion n) {
        return !n.hasFrom(FIRST_UNSUPPORTED)
                && !n.has(PAST_KEY)
                && !n.has(PAST_VALUE)
                && !n.wants(QK_OUTPUT)
                && n.has(TOTAL_LENGTH)
                && n.has(SEQLENS);
    }

    private static AttentionHeads heads(NodeExpansion n, long heads, long keyHeads) {
        boolean packed = !n.has(1);
        List<Value> parts = new ArrayList<>();
        if (packed) {
            Value all = AttentionHeads.apart(n, n.in(0), heads + 2 * keyHeads);
            parts.addAll(n.split(all, 1, heads, keyHeads, keyHeads));
        } else {
            parts.add(AttentionHeads.apart(n, n.in(0), heads));
            parts.add(AttentionHeads.apart(n, n.in(1), keyHeads));
            parts.add(AttentionHeads.apart(n, n.in(2), keyHeads));
        }
        long headsInQuery = packed ? heads + 2 * keyHeads : heads;
        OptionalDouble scale = AttentionHeads.scale(n.attribute("scale", 0f), n.in(0), headsInQuery, n);
        boolean rotates = n.attribute("do_rotary", 0) != 0;
        return new AttentionHeads(
                rotates ? rotated(n, parts.get(0), heads, headsInQuery) : parts.get(0),
                rotates ? rotated(n, parts.get(1), keyHeads, headsInQuery) : parts.get(1),
                parts.get(2),
                heads,
                keyHeads,
                scale,
                n.attribute("softcap", 0f));
    }

    private static Value rotated(NodeExpansion n, Value x, long heads, long headsInQuery) {
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(Attribute.of("interleaved", n.attribute("rotary_interleaved", 0)));
        attributes.add(Attribute.of("num_heads", heads));
        long rotated = 2 * n.dim(n.in(COS), 1).orElse(0);
        boolean partly = n.dim(n.in(0), -1).isPresent() && n.dim(n.in(0), -1).getAsLong() / headsInQuery != rotated;
        attributes.add(Attribute.of("rotary_embedding_dim", partly ? rotated : 0));
        return n.microsoft(
                "RotaryEmbedding", List.of(x, start(n), n.in(COS), n.in(SIN)), attributes.toArray(Attribute[]::new));
    }

    /** The position of the first token, in one dimension: with that, the operator counts on from there. */
    private static Value start(NodeExpansion n) {
        Value positions = n.optional(POSITIONS);
        return positions == null ? n.ints(0) : n.at(n.reshape(positions, -1), 0);
    }

    private static @Nullable Value mask(NodeExpansion n) {
        DType dtype = n.dtype(n.in(0));
        Value keys = n.in(TOTAL_LENGTH);
        List<Object> key = List.of(
                n.node().graph(),
                keys,
                n.in(SEQLENS),
                n.attribute("causal", 1),
                n.attribute("local_window_size", -1),
                dtype);
        return n.shared().of(key, () -> write(n, keys, dtype));
    }

    private static Value write(NodeExpansion n, Value total, DType dtype) {
        Value length = n.reshape(n.cast(total, DType.INT64), 1);
        Value columns = n.range(length);
        if (n.attribute("causal", 1) == 0) {
            Value ends = n.unsqueeze(n.cast(n.in(SEQLENS), DType.INT64), 1, 2, 3);
            return Masks.ofForbidden(n, n.node("Greater", columns, ends), dtype, Masks.lowest(dtype));
        }
        Value rows = Masks.rows(n, length, null);
        Value behind = Masks.behind(n, rows, columns);
        long window = n.attribute("local_window_size", -1);
        Value forbidden = window > 0 ? Masks.any(n, behind, Masks.beyond(n, rows, columns, window)) : behind;
        return Masks.ofForbidden(n, forbidden, dtype, Masks.lowest(dtype));
    }

    private static boolean hasSink(NodeExpansion n) {
        return n.has(SINK) || n.attribute("smooth_softmax", 0) == 1;
    }

    /** A softmax with one more score per head that no key stands for, 0 where the node gives none. */
    private static Value softmaxWithSink(NodeExpansion n, Value scores, long heads) {
        DType dtype = n.dtype(n.in(0));
        Value sink = n.has(SINK) ? n.reshape(n.in(SINK), 1, heads, 1, 1) : n.scalar(dtype, 0);
        Value shape = n.concat(0, n.at(n.shape(scores), 0, 1, 2), n.ints(1));
        Value all = n.softmax(n.concat(-1, scores, n.node("Expand", sink, shape)));
        return n.slice(all, n.ints(0), n.ints(-1), n.ints(-1));
    }
}
