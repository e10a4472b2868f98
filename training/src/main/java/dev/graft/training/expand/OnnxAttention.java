package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * ONNX's Attention of operator sets 23 and 24.
 *
 * <p>A query that may see no key gives zeros. So that no row of scores is infinite, a mask of -inf is raised to the lowest finite
 * number, and what such a row gives is multiplied by zero.
 */
final class OnnxAttention {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int LENGTHS = 6;
    private static final int QK_OUTPUT = 3;
    private static final int BY_POSITION = 3;
    private static final int BY_HEAD = 4;

    private final NodeExpansion n;
    private final DType dtype;
    private final boolean byPosition;

    private OnnxAttention(NodeExpansion n) {
        this.n = n;
        this.dtype = n.dtype(n.in(0));
        this.byPosition = n.rank(n.in(0)) == BY_POSITION;
    }

    static boolean expand(NodeExpansion n) {
        int rank = n.rank(n.in(0));
        boolean ranks = (rank == BY_POSITION || rank == BY_HEAD) && (!n.has(MASK) || n.rank(n.in(MASK)) >= 0);
        boolean windows = n.attribute("left_window_size", -1) < 0 && n.attribute("right_window_size", -1) < 0;
        return ranks && windows && n.has(PAST_KEY) == n.has(PAST_VALUE) && new OnnxAttention(n).write();
    }

    private boolean write() {
        long heads = headsOf("q_num_heads", n.in(0));
        long keyHeads = headsOf("kv_num_heads", n.in(1));
        if (heads == 0 && keyHeads == 0 && !byPosition && sameHeads()) {
            heads = 1;
            keyHeads = 1;
        }
        if (heads <= 0 || keyHeads <= 0 || heads % keyHeads != 0) {
            return false;
        }
        AttentionHeads attention = heads(heads, keyHeads);
        Value raw = attention.scores(n);
        Value bounded = attention.bounded(n, raw);
        Bias bias = bias(attention);
        Value masked = bias == null ? bounded : n.add(bounded, bias.mask());
        Value free = softmax(masked);
        Value probabilities = bias == null || !wantsQk(3) ? free : bias.guarded(n, free);
        Value sum = attention.weighted(n, probabilities);
        Value guarded = bias == null || wantsQk(3) ? sum : bias.guarded(n, sum);
        n.give(0, byPosition ? AttentionHeads.together(n, guarded) : guarded);
        n.give(1, attention.key());
        n.give(2, attention.value());
        if (n.wants(QK_OUTPUT)) {
            giveQk(attention, List.of(raw, bounded, masked, probabilities));
        }
        return true;
    }

    private boolean wantsQk(int mode) {
        return n.wants(QK_OUTPUT) && n.attribute("qk_matmul_output_mode", 0) == mode;
    }

    private void giveQk(AttentionHeads attention, List<Value> stages) {
        int mode = (int) n.attribute("qk_matmul_output_mode", 0);
        if (mode == 0 && attention.softcap() != 0) {
            n.give(QK_OUTPUT, n.mul(stages.get(0), n.scalar(dtype, attention.softcap())));
        } else if (mode >= 0 && mode < stages.size()) {
            n.give(QK_OUTPUT, stages.get(mode));
        }
    }

    private long headsOf(String attribute, Value x) {
        return byPosition ? n.attribute(attribute, 0) : n.dim(x, 1).orElse(0);
    }

    /** Whether query and key have the same number of heads, whatever it is; then none is shared. */
    private boolean sameHeads() {
        return n.type(n.in(0))
                .flatMap(query -> n.type(n.in(1))
                        .map(key -> query.rank() == BY_HEAD
                                && key.rank() == BY_HEAD
                                && query.dims()
                                        .orElseThrow()
                                        .get(1)
                                        .equals(key.dims().orElseThrow().get(1))))
                .orElse(false);
    }

    private AttentionHeads heads(long heads, long keyHeads) {
        float given = n.attribute("scale", 0f);
        OptionalDouble scale = AttentionHeads.scale(given, n.in(0), byPosition ? heads : 1, n);
        return new AttentionHeads(
                byPosition ? AttentionHeads.apart(n, n.in(0), heads) : n.in(0),
                joined(PAST_KEY, byPosition ? AttentionHeads.apart(n, n.in(1), keyHeads) : n.in(1)),
                joined(PAST_VALUE, byPosition ? AttentionHeads.apart(n, n.in(2), keyHeads) : n.in(2)),
                heads,
                keyHeads,
                scale,
                n.attribute("softcap", 0f));
    }

    private Value joined(int past, Value present) {
        return n.has(past) ? n.concat(2, n.in(past), present) : present;
    }

    private Value softmax(Value scores) {
        DType precise = DType.ofOnnxNumber(n.attribute("softmax_precision", dtype.onnxNumber()))
                .orElse(dtype);
        return precise == dtype ? n.softmax(scores) : n.cast(n.softmax(n.cast(scores, precise)), dtype);
    }

    /**
     * What is added to scores.
     *
     * @param mask the finite mask
     * @param seeing 1 for queries that see a key, 0 for others, [..., positions, 1]; null if all do
     */
    private record Bias(Value mask, @Nullable Value seeing) {
        Value guarded(NodeExpansion n, Value x) {
            return seeing == null ? x : n.mul(x, seeing);
        }
    }

    private @Nullable Bias bias(AttentionHeads attention) {
        List<Value> forbidden = forbidden(attention);
        Value given = n.optional(MASK);
        if (given == null && !n.has(LENGTHS)) {
            return forbidden.isEmpty() ? null : new Bias(ofForbidden(forbidden), null);
        }
        boolean isFloat = given != null && n.dtype(given).isFloat();
        if (given != null && !isFloat) {
            forbidden.add(n.node("Not", given));
        }
        Value infinite = n.scalar(dtype, Double.NEGATIVE_INFINITY);
        Value open = given != null && isFloat ? given : n.scalar(dtype, 0);
        Value bias = forbidden.isEmpty() ? open : n.node("Where", any(forbidden), infinite, open);
        // Attention came with operator set 23, where axes are an input
        Value best = n.node("ReduceMax", List.of(bias, n.ints(-1)), Attribute.of("keepdims", 1L));
        Value seeing = n.cast(n.node("Greater", best, infinite), dtype);
        return new Bias(n.node("Max", bias, n.scalar(dtype, Masks.lowest(dtype))), seeing);
    }

    private Value ofForbidden(List<Value> forbidden) {
        return Masks.ofForbidden(n, any(forbidden), dtype, Masks.lowest(dtype));
    }

    private Value any(List<Value> conditions) {
        return Masks.any(n, conditions.toArray(Value[]::new));
    }

    private List<Value> forbidden(AttentionHeads attention) {
        List<Value> forbidden = new ArrayList<>();
        boolean causal = n.attribute("is_causal", 0) == 1;
        if (!causal && !n.has(LENGTHS)) {
            return forbidden;
        }
        Value columns = n.range(n.length(attention.key(), 2));
        Value lengths = n.has(LENGTHS) ? n.unsqueeze(n.cast(n.in(LENGTHS), DType.INT64), 1, 2, 3) : null;
        if (causal) {
            Value queries = n.length(attention.query(), 2);
            Value offset =
                    n.has(PAST_KEY) ? n.length(n.in(PAST_KEY), 2) : lengths == null ? null : n.sub(lengths, queries);
            forbidden.add(Masks.behind(n, Masks.rows(n, queries, offset), columns));
        }
        if (lengths != null) {
            forbidden.add(n.node("Greater", n.add(columns, n.builder().index(1)), lengths));
        }
        return forbidden;
    }
}
