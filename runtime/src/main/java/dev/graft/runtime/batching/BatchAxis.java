package dev.graft.runtime.batching;

import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Along which dimension of an input or output the rows of a batch lie. */
final class BatchAxis {
    /** All rows share the value. */
    static final int NONE = -1;

    private BatchAxis() {}

    /** The dimension with a symbol of the batch; where the first has no name at all, that one; else {@link #NONE}. */
    static int of(ValueDescription value, BatchedLayout layout) {
        List<Dimension> dims = value.dims();
        for (int axis = 0; axis < dims.size(); axis++) {
            if (isSymbolic(dims.get(axis)) && layout.batchSymbols().contains(symbol(dims.get(axis)))) {
                return axis;
            }
        }
        return !dims.isEmpty() && isSymbolic(dims.get(0)) && symbol(dims.get(0)).isEmpty() ? 0 : NONE;
    }

    /**
     * The symbols that mean the batch: that of the slots, and any other that inputs have in the first place only. Exporters can give one length several names.
     *
     * @param slots the symbol of the slots
     */
    static Set<String> symbols(String slots, List<ValueDescription> inputs) {
        Set<String> first = new HashSet<>();
        Set<String> later = new HashSet<>();
        for (ValueDescription input : inputs) {
            for (int axis = 0; axis < input.rank(); axis++) {
                (axis == 0 ? first : later).add(symbol(input.dims().get(axis)));
            }
        }
        first.removeAll(later);
        first.add(slots);
        first.remove("");
        return Set.copyOf(first);
    }

    static boolean isSymbolic(Dimension dimension) {
        return dimension instanceof Dimension.Symbolic;
    }

    /** The symbol; empty for a number, and where there is no name. */
    static String symbol(Dimension dimension) {
        return dimension instanceof Dimension.Symbolic symbolic ? symbolic.name() : "";
    }
}
