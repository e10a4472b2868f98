package dev.graft.runtime.batching;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Holds adapters in their slots until it is closed; closing again does nothing. */
final class SlotLease implements AutoCloseable {
    private final Map<SlotAdapter, Integer> slots;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    SlotLease(Map<SlotAdapter, Integer> slots, Runnable release) {
        this.slots = Map.copyOf(slots);
        this.release = release;
    }

    /** The slot of an adapter that was leased; 0, the base, for none. */
    int slotOf(@Nullable SlotAdapter adapter) {
        if (adapter == null) {
            return 0;
        }
        Integer slot = slots.get(adapter);
        if (slot == null) {
            throw new IllegalArgumentException(adapter + " is not leased");
        }
        return slot;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
