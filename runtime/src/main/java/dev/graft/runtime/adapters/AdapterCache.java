package dev.graft.runtime.adapters;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adapters and mixes that are loaded, up to a number of bytes. What is asked for by several threads at once is loaded once; what is dropped while runs have
 * it is freed when the last of them ends. No lock is held while anything is loaded or a listener is told.
 */
final class AdapterCache implements AutoCloseable {
    private final Function<Ingredients, Carried> loader;
    private final long capacity;
    private final RuntimeListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Ingredients, Carried> loaded = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Ingredients, CompletableFuture<Boolean>> loading = new HashMap<>();
    private long bytes;
    private boolean closed;

    AdapterCache(Function<Ingredients, Carried> loader, long capacity, RuntimeListener listener) {
        this.loader = loader;
        this.capacity = capacity;
        this.listener = listener;
    }

    /**
     * A hold on what is wanted, loaded if it is not there; the caller closes it.
     *
     * @throws dev.graft.error.GraftException from loading
     * @throws IllegalStateException if the cache is closed
     */
    Carried acquire(Ingredients wanted) {
        while (true) {
            CompletableFuture<Boolean> mine = new CompletableFuture<>();
            CompletableFuture<Boolean> others;
            lock.lock();
            try {
                requireOpen();
                Carried there = loaded.get(wanted);
                if (there != null) {
                    return there.share();
                }
                others = loading.putIfAbsent(wanted, mine);
            } finally {
                lock.unlock();
            }
            if (others == null) {
                return load(wanted, mine);
            }
            // if that failed, the next round tries itself, and throws an error of its own
            others.join();
        }
    }

    /** Drops what an adapter that was replaced or removed is part of. */
    void drop(Registration withdrawn) {
        List<Map.Entry<Ingredients, Carried>> dropped = new ArrayList<>();
        lock.lock();
        try {
            Iterator<Map.Entry<Ingredients, Carried>> entries =
                    loaded.entrySet().iterator();
            while (entries.hasNext()) {
                Map.Entry<Ingredients, Carried> entry = entries.next();
                if (entry.getKey().parts().stream().anyMatch(part -> part.adapter() == withdrawn)) {
                    entries.remove();
                    bytes -= entry.getValue().bytes();
                    dropped.add(Map.entry(entry.getKey(), entry.getValue()));
                }
            }
        } finally {
            lock.unlock();
        }
        free(dropped);
    }

    /** The bytes of what is loaded and kept. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<Carried> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(loaded.values());
            loaded.clear();
            bytes = 0;
        } finally {
            lock.unlock();
        }
        all.forEach(Carried::close);
    }

    private Carried load(Ingredients wanted, CompletableFuture<Boolean> done) {
        long start = System.nanoTime();
        Carried adapter = null;
        Carried hold = null;
        List<Map.Entry<Ingredients, Carried>> evicted;
        try {
            adapter = loader.apply(wanted);
            hold = adapter.share();
        } finally {
            evicted = finish(wanted, hold == null ? null : adapter);
            done.complete(hold != null);
        }
        listener.adapterLoaded(wanted.mix(), adapter.bytes(), Duration.ofNanos(System.nanoTime() - start));
        free(evicted);
        return hold;
    }

    /** Keeps what was loaded, unless it was withdrawn meanwhile, and takes out what has to go for it. */
    private List<Map.Entry<Ingredients, Carried>> finish(Ingredients wanted, @Nullable Carried adapter) {
        lock.lock();
        try {
            loading.remove(wanted);
            if (adapter == null) {
                return List.of();
            }
            if (closed || wanted.withdrawn()) {
                return List.of(Map.entry(wanted, adapter));
            }
            loaded.put(wanted, adapter);
            bytes += adapter.bytes();
            return makeRoom(wanted);
        } finally {
            lock.unlock();
        }
    }

    /** The least recently used first; never what was just asked for. */
    private List<Map.Entry<Ingredients, Carried>> makeRoom(Ingredients newest) {
        List<Map.Entry<Ingredients, Carried>> evicted = new ArrayList<>();
        Iterator<Map.Entry<Ingredients, Carried>> entries = loaded.entrySet().iterator();
        while (bytes > capacity && entries.hasNext()) {
            Map.Entry<Ingredients, Carried> entry = entries.next();
            if (!entry.getKey().equals(newest) && !entry.getKey().pinned()) {
                entries.remove();
                bytes -= entry.getValue().bytes();
                evicted.add(Map.entry(entry.getKey(), entry.getValue()));
            }
        }
        return evicted;
    }

    private void free(List<Map.Entry<Ingredients, Carried>> dropped) {
        for (Map.Entry<Ingredients, Carried> entry : dropped) {
            entry.getValue().close();
            listener.adapterEvicted(entry.getKey().mix(), entry.getValue().bytes());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the runtime is closed");
        }
    }
}
