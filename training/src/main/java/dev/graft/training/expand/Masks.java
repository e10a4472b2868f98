package dev.graft.training.expand;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Masks that are added to scores: 0 where a key may be seen, a large negative number where not. All are [..., positions, key
 * positions] and small beside the scores, so they may take several steps; that the scores take one, whose gradient is free.
 */
final class Masks {
    private static final float FILTER = -10000;

    private Masks() {}

    /** The lowest finite number: a score cannot bring it back, and no infinity makes a row of them undefined. */
    static double lowest(DType dtype) {
        return switch (dtype) {
            case FLOAT16 -> -65504;
            case FLOAT64 -> -Double.MAX_VALUE;
            case BFLOAT16 -> -0x1.fep127;
            default -> -Float.MAX_VALUE;
        };
    }

    /** {@code forbidden} as a mask of a dtype. */
    static Value ofForbidden(NodeExpansion n, Value forbidden, DType dtype, double filter) {
        return n.node("Where", forbidden, n.scalar(dtype, filter), n.scalar(dtype, 0));
    }

    /**
     * Where a key lies behind its query.
     *
     * @param rows the positions of the queries among the keys, int64 [..., positions, 1]
     * @param columns the positions of the keys, int64 [key positions]
     */
    static Value behind(NodeExpansion n, Value rows, Value columns) {
        return n.node("Greater", columns, rows);
    }

    /** Where a key lies {@code window} or more positions in front of its query. */
    static Value beyond(NodeExpansion n, Value rows, Value columns, long window) {
        Value first = n.sub(rows, n.builder().index(window - 1));
        return n.node("Greater", first, columns);
    }

    /** The positions 0, 1, ... of queries as a column, behind {@code offset} keys of earlier tokens. */
    static Value rows(NodeExpansion n, Value length, @Nullable Value offset) {
        Value rows = n.unsqueeze(n.range(length), 1);
        return offset == null ? rows : n.add(rows, offset);
    }

    /** The mask of several conditions, any of which forbids. */
    static Value any(NodeExpansion n, Value... conditions) {
        return Arrays.stream(conditions).reduce((a, b) -> n.node("Or", a, b)).orElseThrow();
    }

    /** A causal mask, [positions, key positions]. */
    static Value causal(NodeExpansion n, Value queries, Value keys, @Nullable Value offset, DType dtype) {
        Value rows = rows(n, queries, offset);
        return ofForbidden(n, behind(n, rows, n.range(keys)), dtype, lowest(dtype));
    }

    /**
     * A mask of integers, of which those above 0 let a key be seen.
     *
     * @param axes which axes to insert so that it is [batch, heads, positions, key positions]
     */
    static Value ofIntegers(NodeExpansion n, Value mask, DType dtype, double filter, long... axes) {
        Value forbidden = n.node("Greater", n.builder().index(1), n.cast(mask, DType.INT64));
        return ofForbidden(n, n.unsqueeze(forbidden, axes), dtype, filter);
    }

    /**
     * A mask of lengths, int32 [batch] or [2 · batch] with the ends of what may be seen and, behind them, its starts.
     *
     * @return [batch, 1, 1, key positions]
     */
    static Value ofLengths(NodeExpansion n, Value lengths, Value batch, Value keys, DType dtype, double filter) {
        Value table = n.reshape(n.cast(lengths, DType.INT64), n.concat(0, n.ints(-1), batch));
        Value zero = n.mul(n.at(table, 0), n.builder().index(0));
        Value both = n.concat(0, table, zero);
        Value columns = n.range(keys);
        Value ends = n.transpose(n.at(both, 0), 1, 0);
        Value starts = n.transpose(n.at(both, 1), 1, 0);
        Value tooLate = n.node("Greater", n.add(columns, n.builder().index(1)), ends);
        Value tooEarly = n.node("Greater", starts, columns);
        return n.unsqueeze(ofForbidden(n, any(n, tooLate, tooEarly), dtype, filter), 1, 2);
    }

    /** The mask that ONNX Runtime's own attentions take for keys: by length, by key, or by query and key; null for none. */
    static @Nullable Value ofKeys(NodeExpansion n, @Nullable Value mask, Value key) {
        if (mask == null) {
            return null;
        }
        DType dtype = n.dtype(n.in(0));
        float filter = n.attribute("mask_filter_value", FILTER);
        List<Object> shared = List.of(n.node().graph(), mask, filter, dtype);
        return switch (n.rank(mask)) {
            case 1 -> ofLengths(n, mask, n.length(key, 0), n.length(key, 2), dtype, filter);
            case 2 -> n.shared().of(shared, () -> ofIntegers(n, mask, dtype, filter, 1, 2));
            default -> n.shared().of(shared, () -> ofIntegers(n, mask, dtype, filter, 1));
        };
    }

    /** Their causal mask, if they have the attribute {@code unidirectional}; null if not. */
    static @Nullable Value ofUnidirectional(NodeExpansion n, Value query, Value key, @Nullable Value past) {
        return n.attribute("unidirectional", 0) == 0
                ? null
                : causal(n, n.length(query, 2), n.length(key, 2), past, n.dtype(n.in(0)));
    }
}
