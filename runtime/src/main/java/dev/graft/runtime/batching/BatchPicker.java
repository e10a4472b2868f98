package dev.graft.runtime.batching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Chooses who goes into the next batch: the request that waits longest, and behind it, by arrival, those that fit to it.
 *
 * <p>So no adapter is popular enough to keep others waiting: each batch takes the head of the queue, and a request that has n in front of it runs in the n + 1st batch
 * at the latest.
 */
final class BatchPicker {
    private final int maxBatch;
    private final double maxPadding;
    private final IntSupplier maxAdapters;

    /** @param maxAdapters how many adapters besides the base can be in slots at a time */
    BatchPicker(int maxBatch, double maxPadding, IntSupplier maxAdapters) {
        this.maxBatch = maxBatch;
        this.maxPadding = maxPadding;
        this.maxAdapters = maxAdapters;
    }

    int maxBatch() {
        return maxBatch;
    }

    /** The next batch; the queue stays as it is. */
    List<Request> pick(Collection<Request> queue) {
        List<Request> picked = new ArrayList<>();
        Set<SlotAdapter> adapters = new HashSet<>();
        Map<String, Long> longest = new HashMap<>();
        int most = maxAdapters.getAsInt();
        long volume = 0;
        for (Request request : queue) {
            if (picked.size() == maxBatch) {
                break;
            }
            boolean first = picked.isEmpty();
            if (first
                    || fits(request, picked, adapters, most)
                            && isWorthPadding(request, longest, volume, picked.size())) {
                picked.add(request);
                volume += request.row().volume();
                request.row().lengths().forEach((symbol, length) -> longest.merge(symbol, length, Math::max));
                SlotAdapter adapter = request.adapter();
                if (adapter != null) {
                    adapters.add(adapter);
                }
            }
        }
        return picked;
    }

    private static boolean fits(Request request, List<Request> picked, Set<SlotAdapter> adapters, int most) {
        SlotAdapter adapter = request.adapter();
        boolean placed = adapter == null || adapters.contains(adapter) || adapters.size() < most;
        return placed && request.row().key().equals(picked.get(0).row().key());
    }

    private boolean isWorthPadding(Request request, Map<String, Long> longest, long volume, int rows) {
        long own = request.row().volume();
        long all = rows + 1L;
        for (Map.Entry<String, Long> length : request.row().lengths().entrySet()) {
            all *= Math.max(length.getValue(), longest.getOrDefault(length.getKey(), 0L));
        }
        return all - (volume + own) <= maxPadding * all;
    }
}
