package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's MultiHeadAttention over separate queries, keys and values, as its CPU kernel has it. */
final class MultiHeadAttention {
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int BIAS = 3;
    private static final int KEY_MASK = 4;
    private static final int SCORE_BIAS = 5;
    private static final int PAST_KEY = 6;
    private static final int PAST_VALUE = 7;
    private static final int FIRST_UNSUPPORTED = 8;
    private static final int QK_OUTPUT = 3;
    private static final int BY_POSITION = 3;
    private static final int BY_HEAD = 4;

    private MultiHeadAttention() {}

    static boolean expand(NodeExpansion n) {
        long heads = n.attribute("num_heads", 0);
        if (heads <= 0 || !isSupported(n)) {
            return false;
        }
        Value bias = n.optional(BIAS);
        Value[] biases = bias == null ? new Value[3] : biases(n, bias);
        Value query = AttentionHeads.apart(n, n.plus(n.in(0), biases[0]), heads);
        Value key = joined(n, PAST_KEY, apart(n, KEY, biases[1], heads));
        Value value = joined(n, PAST_VALUE, apart(n, VALUE, biases[2], heads));
        AttentionHeads attention = new AttentionHeads(
                query, key, value, heads, heads, AttentionHeads.scale(n.attribute("scale", 0f), n.in(0), heads, n), 0);
        Value past = n.has(PAST_KEY) ? n.length(n.in(PAST_KEY), 2) : null;
        n.give(0, attention.masked(n, n.optional(SCORE_BIAS), n.optional(KEY_MASK), past));
        n.give(1, key);
        return n.give(2, value);
    }

    private static boolean isSupported(NodeExpansion n) {
        boolean apart = n.rank(n.in(0)) == BY_POSITION && isKeys(n, KEY) && isKeys(n, VALUE);
        boolean bias = !n.has(BIAS)
                || n.dim(n.in(BIAS), 0).isPresent() && n.dim(n.in(0), -1).isPresent();
        boolean mask = !n.has(KEY_MASK) || n.rank(n.in(KEY_MASK)) >= 1 && n.rank(n.in(KEY_MASK)) <= 3;
        return !n.hasFrom(FIRST_UNSUPPORTED)
                && apart
                && bias
                && mask
                && !n.wants(QK_OUTPUT)
                && n.has(PAST_KEY) == n.has(PAST_VALUE);
    }

    private static boolean isKeys(NodeExpansion n, int input) {
        return n.has(input) && (n.rank(n.in(input)) == BY_POSITION || n.rank(n.in(input)) == BY_HEAD);
    }

    /** The three parts of the bias: as long as a query, as a query again, and the rest. */
    private static Value[] biases(NodeExpansion n, Value bias) {
        OptionalLong whole = n.dim(bias, 0);
        long size = n.dim(n.in(0), -1).orElseThrow();
        return n.split(bias, 0, size, size, whole.orElseThrow() - 2 * size).toArray(Value[]::new);
    }

    private static Value apart(NodeExpansion n, int input, @Nullable Value bias, long heads) {
        Value x = n.in(input);
        return n.rank(x) == BY_HEAD ? x : AttentionHeads.apart(n, n.plus(x, bias), heads);
    }

    private static Value joined(NodeExpansion n, int past, Value present) {
        return n.has(past) ? n.concat(2, n.in(past), present) : present;
    }
}
