package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import java.util.List;
import java.util.OptionalDouble;

/** ONNX Runtime's Attention, which holds the weights of query, key and value side by side, as its CPU kernel has it. */
final class PackedAttention {
    private static final int WEIGHTS = 1;
    private static final int BIAS = 2;
    private static final int MASK = 3;
    private static final int PAST = 4;
    private static final int SCORE_BIAS = 5;
    private static final int PAST_LENGTH = 6;

    private PackedAttention() {}

    static boolean expand(NodeExpansion n) {
        long heads = n.attribute("num_heads", 0);
        long[] sizes = sizes(n);
        if (heads <= 0 || sizes.length != 3 || !isSupported(n)) {
            return false;
        }
        Value packed = n.plus(n.builder().matMul(n.in(0), n.in(WEIGHTS)), n.optional(BIAS));
        List<Value> parts = parts(n, packed, heads, sizes);
        Value key = joined(n, 0, parts.get(1));
        Value value = joined(n, 1, parts.get(2));
        float given = n.attribute("scale", 0f);
        double scale = given == 0 ? 1 / Math.sqrt((double) sizes[0] / heads) : given;
        AttentionHeads attention =
                new AttentionHeads(parts.get(0), key, value, heads, heads, OptionalDouble.of(scale), 0);
        Value past = n.has(PAST) ? n.length(n.in(PAST), 3) : null;
        n.give(0, attention.masked(n, n.optional(SCORE_BIAS), n.optional(MASK), past));
        if (n.wants(1)) {
            n.give(1, n.concat(0, n.unsqueeze(key, 0), n.unsqueeze(value, 0)));
        }
        return true;
    }

    private static boolean isSupported(NodeExpansion n) {
        boolean mask = !n.has(MASK) || n.rank(n.in(MASK)) >= 1 && n.rank(n.in(MASK)) <= 3;
        return mask
                && !n.has(PAST_LENGTH)
                && n.attribute("do_rotary", 0) == 0
                && n.attribute("past_present_share_buffer", 0) == 0;
    }

    private static long[] sizes(NodeExpansion n) {
        return n.node()
                .intsAttribute("qkv_hidden_sizes")
                .map(sizes -> sizes.stream().mapToLong(Long::longValue).toArray())
                .orElseGet(() -> {
                    long all = n.dim(n.in(WEIGHTS), 1).orElse(-1);
                    return all < 0 ? new long[0] : new long[] {all / 3, all / 3, all / 3};
                });
    }

    private static List<Value> parts(NodeExpansion n, Value packed, long heads, long[] sizes) {
        if (sizes[0] == sizes[1] && sizes[1] == sizes[2]) {
            return n.split(AttentionHeads.apart(n, packed, 3 * heads), 1, heads, heads, heads);
        }
        return n.split(packed, 2, sizes).stream()
                .map(part -> AttentionHeads.apart(n, part, heads))
                .toList();
    }

    private static Value joined(NodeExpansion n, long which, Value present) {
        if (!n.has(PAST)) {
            return present;
        }
        Value past = n.builder().gather(n.in(PAST), n.builder().index(which), 0);
        return n.concat(2, past, present);
    }
}
