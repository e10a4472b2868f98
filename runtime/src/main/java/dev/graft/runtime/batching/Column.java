package dev.graft.runtime.batching;

import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import java.util.Map;
import java.util.Optional;

/**
 * One of the inputs that rows consist of.
 *
 * @param input what the model says of it
 * @param batchAxis the dimension along which rows lie, or {@link BatchAxis#NONE}
 * @param pad what padding is filled with, if it may be padded
 * @param declared whether the caller said so
 */
record Column(ValueDescription input, int batchAxis, Optional<Double> pad, boolean declared) {
    static Column of(ValueDescription input, BatchedLayout layout, Map<String, Double> padding) {
        Double given = padding.get(input.name());
        Optional<Double> pad = given == null ? usualPad(InputRole.of(input)) : Optional.of(given);
        return new Column(input, BatchAxis.of(input, layout), pad, given != null);
    }

    boolean isBatched() {
        return batchAxis >= 0;
    }

    boolean isMask() {
        return InputRole.of(input) == InputRole.ATTENTION_MASK;
    }

    boolean has(String symbol) {
        return input.dims().stream().anyMatch(dim -> isNamed(dim, symbol));
    }

    /** The symbol of a dimension other than the batch; empty where there is none. */
    String symbol(int axis) {
        return axis == batchAxis ? "" : BatchAxis.symbol(input.dims().get(axis));
    }

    private static boolean isNamed(Dimension dim, String symbol) {
        return BatchAxis.isSymbolic(dim) && BatchAxis.symbol(dim).equals(symbol);
    }

    /** Tokens behind the end that the mask hides may be anything; 0 is in every vocabulary. */
    private static Optional<Double> usualPad(InputRole role) {
        return switch (role) {
            case TOKEN_IDS, ATTENTION_MASK, TOKEN_TYPE_IDS, POSITION_IDS -> Optional.of(0.0);
            default -> Optional.empty();
        };
    }
}
