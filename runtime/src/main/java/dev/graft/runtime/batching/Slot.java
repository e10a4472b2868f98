package dev.graft.runtime.batching;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One slot's state; guarded by the lock of its {@link SlotTable}. */
final class Slot {
    /** Empty ones first, then the one that was used longest ago. */
    static final Comparator<Slot> OLDEST_FIRST =
            Comparator.<Slot, Boolean>comparing(slot -> slot.adapter != null).thenComparing(slot -> slot.lastUse);

    final int number;
    int leases;
    long lastUse;
    boolean forgotten;
    private @Nullable SlotAdapter adapter;

    Slot(int number) {
        this.number = number;
    }

    Optional<SlotAdapter> adapter() {
        return Optional.ofNullable(adapter);
    }

    boolean holds(SlotAdapter other) {
        return adapter == other;
    }

    boolean holdsOneOf(Set<SlotAdapter> others) {
        return adapter != null && others.contains(adapter);
    }

    void fill(@Nullable SlotAdapter newAdapter) {
        adapter = newAdapter;
        forgotten = false;
    }

    void clearIfForgotten() {
        if (forgotten && leases == 0) {
            fill(null);
        }
    }
}
