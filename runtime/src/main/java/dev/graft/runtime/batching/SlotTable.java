package dev.graft.runtime.batching;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which adapter is in which slot, and who uses it.
 *
 * <p>A run takes a {@link SlotLease} on all of its adapters at once; a slot with a lease is never overwritten. Adapters that are not in a slot yet go into an
 * empty one, or into the one that was used longest ago and has no lease and no pin; where there is none, the run waits its turn, first come, first served. Safe for
 * several threads.
 */
final class SlotTable {
    private final SlotMemory memory;
    private final BatchListener listener;
    private final List<Slot> slots = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final Set<SlotAdapter> pinned = new HashSet<>();
    private long clock;
    private boolean closed;

    SlotTable(BatchedLayout layout, SlotMemory memory, BatchListener listener) {
        this.memory = memory;
        this.listener = listener;
        for (int number = 1; number <= layout.slots(); number++) {
            slots.add(new Slot(number));
        }
    }

    /**
     * Has adapters in slots until the lease is closed; waits while others hold too many.
     *
     * @param adapters null where a row uses none
     * @throws GraftException {@code SLOTS_EXHAUSTED} for more adapters than there are slots, pinned ones counted
     * @throws IllegalStateException if the table is closed
     */
    SlotLease lease(Collection<? extends @Nullable SlotAdapter> adapters) throws InterruptedException {
        Set<SlotAdapter> wanted = new LinkedHashSet<>();
        for (SlotAdapter adapter : adapters) {
            if (adapter != null) {
                wanted.add(adapter);
            }
        }
        List<Runnable> news = new ArrayList<>();
        Object turn = new Object();
        lock.lockInterruptibly();
        try {
            waiting.add(turn);
            while (waiting.peek() != turn || !canPlace(wanted)) {
                requireOpen();
                changed.await();
            }
            requireOpen();
            return place(wanted, news);
        } finally {
            waiting.remove(turn);
            changed.signalAll();
            lock.unlock();
            news.forEach(Runnable::run);
        }
    }

    /**
     * Keeps an adapter in its slot from when it gets one, or no longer.
     *
     * @throws GraftException {@code SLOTS_EXHAUSTED} if no slot would be left for the others
     */
    void pin(SlotAdapter adapter, boolean keep) {
        lock.lock();
        try {
            if (!keep) {
                pinned.remove(adapter);
            } else if (!pinned.contains(adapter) && pinned.size() + 1 >= slots.size()) {
                throw new GraftException(
                        ErrorCode.SLOTS_EXHAUSTED,
                        "'" + adapter + "' cannot be pinned: of " + slots.size()
                                + " slots one must stay free for other adapters",
                        Location.NONE,
                        "Unpin another adapter, or attach the base again with more --slots.");
            } else {
                pinned.add(adapter);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many different adapters a run can use whatever is pinned. */
    int unpinned() {
        lock.lock();
        try {
            return slots.size() - pinned.size();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets an adapter for another, which is pinned if the first one was. */
    void replace(SlotAdapter before, SlotAdapter after) {
        lock.lock();
        try {
            boolean keep = pinned.contains(before);
            forget(before);
            if (keep) {
                pinned.add(after);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Frees the slot of an adapter that no new run will ask for, as soon as no lease is on it. */
    void forget(SlotAdapter adapter) {
        lock.lock();
        try {
            pinned.remove(adapter);
            find(adapter).ifPresent(slot -> {
                slot.forgotten = true;
                slot.clearIfForgotten();
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many runs wait for slots. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** The adapters by their slots. */
    Map<Integer, SlotAdapter> occupied() {
        lock.lock();
        try {
            Map<Integer, SlotAdapter> occupied = new HashMap<>();
            slots.forEach(slot -> slot.adapter().ifPresent(adapter -> occupied.put(slot.number, adapter)));
            return occupied;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all who wait and all who come. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean canPlace(Set<SlotAdapter> wanted) {
        List<SlotAdapter> missing = missing(wanted);
        long lost = slots.stream()
                .filter(slot -> isPinned(slot) && !slot.holdsOneOf(wanted))
                .count();
        if (wanted.size() + lost > slots.size()) {
            throw new GraftException(
                    ErrorCode.SLOTS_EXHAUSTED,
                    wanted.size() + " adapters are to be used in one batch, the model has " + slots.size() + " slots"
                            + (lost == 0 ? "" : ", " + lost + " of them pinned to other adapters"),
                    Location.NONE,
                    "Split the batch, unpin adapters, or attach the base again with more --slots.");
        }
        return free(wanted).count() >= missing.size();
    }

    private List<SlotAdapter> missing(Set<SlotAdapter> wanted) {
        return wanted.stream().filter(adapter -> find(adapter).isEmpty()).toList();
    }

    private Stream<Slot> free(Set<SlotAdapter> wanted) {
        return slots.stream().filter(slot -> slot.leases == 0 && !isPinned(slot) && !slot.holdsOneOf(wanted));
    }

    private boolean isPinned(Slot slot) {
        return slot.adapter().filter(pinned::contains).isPresent();
    }

    private SlotLease place(Set<SlotAdapter> wanted, List<Runnable> news) {
        for (SlotAdapter adapter : missing(wanted)) {
            Slot slot = free(wanted).min(Slot.OLDEST_FIRST).orElseThrow();
            slot.adapter().ifPresent(evicted -> news.add(() -> listener.adapterEvicted(evicted.name(), slot.number)));
            // empty while it is written, should writing fail
            slot.fill(null);
            long start = System.nanoTime();
            memory.write(slot.number, adapter);
            long took = System.nanoTime() - start;
            slot.fill(adapter);
            news.add(() -> listener.adapterPlaced(adapter.name(), slot.number, java.time.Duration.ofNanos(took)));
        }
        Map<SlotAdapter, Integer> numbers = new HashMap<>();
        for (SlotAdapter adapter : wanted) {
            Slot slot = find(adapter).orElseThrow();
            slot.leases++;
            slot.lastUse = ++clock;
            numbers.put(adapter, slot.number);
        }
        return new SlotLease(numbers, () -> release(wanted));
    }

    private void release(Set<SlotAdapter> adapters) {
        lock.lock();
        try {
            for (SlotAdapter adapter : adapters) {
                find(adapter).ifPresent(slot -> {
                    slot.leases--;
                    slot.clearIfForgotten();
                });
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Slot> find(SlotAdapter adapter) {
        return slots.stream().filter(slot -> slot.holds(adapter)).findFirst();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the batched model is closed");
        }
    }
}
