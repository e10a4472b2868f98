package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Queries, keys and values apart by heads, and what is done with them.
 *
 * @param query [batch, heads, positions, size]
 * @param key [batch, key heads, key positions, size]
 * @param value [batch, key heads, key positions, value size]
 * @param heads how many heads the query has
 * @param keyHeads how many heads keys and values have; each serves as many consecutive heads of the query
 * @param scale what scores are multiplied by; empty for one over the root of the head's size, where that is not known
 * @param softcap what scores are softly bounded by; 0 for no bound
 */
record AttentionHeads(
        Value query, Value key, Value value, long heads, long keyHeads, OptionalDouble scale, float softcap) {
    /** [batch, positions, heads · size] as [batch, heads, positions, size]. */
    static Value apart(NodeExpansion n, Value x, long heads) {
        return n.transpose(n.reshape(x, 0, 0, heads, -1), 0, 2, 1, 3);
    }

    /** The way back. */
    static Value together(NodeExpansion n, Value x) {
        return n.reshape(n.transpose(x, 0, 2, 1, 3), 0, 0, -1);
    }

    /** The scale an attribute gives, or one over the root of the head's size. */
    static OptionalDouble scale(float attribute, Value x, long heads, NodeExpansion n) {
        if (attribute != 0) {
            return OptionalDouble.of(attribute);
        }
        return n.dim(x, -1).isPresent()
                ? OptionalDouble.of(1 / Math.sqrt((double) n.dim(x, -1).getAsLong() / heads))
                : OptionalDouble.empty();
    }

    /** Scaled products of queries and keys, [batch, heads, positions, key positions]. */
    Value scores(NodeExpansion n) {
        double factor = scale.orElse(1) / (softcap == 0 ? 1 : softcap);
        Value scores = n.product(grouped(n, query), false, key, true, (float) factor);
        Value scaled = scale.isPresent() ? scores : n.div(scores, rootOfSize(n));
        return heads == keyHeads ? scaled : n.reshape(scaled, 0, heads, -1, 0);
    }

    /** Softly bounded scores; {@link #scores} has divided by the bound already. */
    Value bounded(NodeExpansion n, Value scores) {
        return softcap == 0 ? scores : n.mul(n.node("Tanh", scores), n.scalar(n.dtype(n.in(0)), softcap));
    }

    /** Values weighted by probabilities, [batch, heads, positions, value size]. */
    Value weighted(NodeExpansion n, Value probabilities) {
        Value sum = n.builder().matMul(grouped(n, probabilities), value);
        return heads == keyHeads ? sum : n.reshape(sum, 0, heads, -1, 0);
    }

    /**
     * What com.microsoft's Attention and MultiHeadAttention give, heads together again.
     *
     * @param bias what is added to scores
     * @param keyMask in one of the forms that {@link Masks#ofKeys} takes
     * @param past how many key positions were there before the query's first
     */
    Value masked(NodeExpansion n, @Nullable Value bias, @Nullable Value keyMask, @Nullable Value past) {
        Value biased = n.plus(n.plus(scores(n), bias), Masks.ofKeys(n, keyMask, key));
        Value causal = n.plus(biased, Masks.ofUnidirectional(n, query, key, past));
        return together(n, weighted(n, n.softmax(causal)));
    }

    /** Heads that share keys one below the other: a product then serves all of them, and no key is repeated. */
    private Value grouped(NodeExpansion n, Value x) {
        return heads == keyHeads ? x : n.reshape(x, 0, keyHeads, -1, 0);
    }

    private Value rootOfSize(NodeExpansion n) {
        return n.node("Sqrt", n.cast(n.length(query, 3), n.dtype(n.in(0))));
    }
}
