package dev.graft.runtime.session;

import java.util.List;

/**
 * An initializer that is also a graph input: it has a value, and an adapter may give another for one run.
 *
 * @param value its name, type and dimensions as the graph declares them
 * @param standard the shape of the value that it has without an adapter, such as [64, 0] for a factor of rank 0
 */
public record OverridableInput(ValueDescription value, List<Long> standard) {
    public OverridableInput {
        standard = List.copyOf(standard);
    }
}
