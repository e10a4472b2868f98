package dev.graft.adapter;

import java.util.List;

/**
 * An adapter and how much of it is wanted, as {@code ADAPTER@WEIGHT} on the command line.
 *
 * @param adapter the adapter
 * @param weight a factor on every low-rank change; 1 is the adapter as trained, 0 none of it. Replacements (and DoRA) have
 *     no half-way: they go with 1 (taken) and 0 (left out) only
 */
public record WeightedAdapter(Adapter adapter, double weight) {
    /** The adapter as trained. */
    public static WeightedAdapter of(Adapter adapter) {
        return new WeightedAdapter(adapter, 1);
    }

    /** The adapter with the weight as part of its scalings. */
    public Adapter folded() {
        List<ModuleChange> changes = adapter.changes().stream()
                .map(change -> change instanceof LowRankChange low ? low.scaledBy(weight) : change)
                .toList();
        return new Adapter(
                adapter.source(), adapter.format(), adapter.method(), changes, adapter.details(), adapter.warnings());
    }
}
