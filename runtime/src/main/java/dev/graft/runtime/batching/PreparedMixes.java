package dev.graft.runtime.batching;

import dev.graft.runtime.mix.AdapterMix;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Mixes that requests asked for: each is composed once and takes a slot as one adapter. The least recently used is forgotten when there are too many, and so one day is
 * what is made of adapters that were replaced, which no request can ask for any more. Safe for several threads.
 */
final class PreparedMixes {
    private static final int MOST = 64;

    private final BatchedModel model;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Recipe, SlotAdapter> mixes = new LinkedHashMap<>(16, 0.75f, true);

    /** Which adapters, not which names: a name may mean another adapter by the next request. */
    private record Recipe(List<SlotAdapter> adapters, List<Double> weights) {}

    PreparedMixes(BatchedModel model) {
        this.model = model;
    }

    /**
     * A mix of adapters.
     *
     * @throws dev.graft.error.GraftException {@code SLOT_RANK_EXCEEDED} where the ranks are too large together, and from looking names up
     */
    SlotAdapter of(AdapterMix mix, Function<String, SlotAdapter> named) {
        Map<String, SlotAdapter> adapters = new LinkedHashMap<>();
        List<Double> weights = new ArrayList<>();
        for (AdapterMix.Part part : mix.parts()) {
            adapters.put(part.adapter(), named.apply(part.adapter()));
            weights.add(part.weight());
        }
        Recipe recipe = new Recipe(List.copyOf(adapters.values()), List.copyOf(weights));
        SlotAdapter there = known(recipe);
        if (there != null) {
            return there;
        }
        return keep(recipe, model.prepare(mix.toString(), mix.summed(name -> tensors(adapters, name))));
    }

    private static List<Tensor> tensors(Map<String, SlotAdapter> adapters, String name) {
        return Objects.requireNonNull(adapters.get(name)).tensors();
    }

    private @Nullable SlotAdapter known(Recipe recipe) {
        lock.lock();
        try {
            return mixes.get(recipe);
        } finally {
            lock.unlock();
        }
    }

    /** Two requests may have composed the same one side by side; the first stays. */
    private SlotAdapter keep(Recipe recipe, SlotAdapter made) {
        SlotAdapter forgotten = null;
        lock.lock();
        try {
            SlotAdapter there = mixes.putIfAbsent(recipe, made);
            if (there != null) {
                return there;
            }
            if (mixes.size() > MOST) {
                Recipe eldest = mixes.keySet().iterator().next();
                forgotten = mixes.remove(eldest);
            }
        } finally {
            lock.unlock();
        }
        if (forgotten != null) {
            model.forget(forgotten);
        }
        return made;
    }
}
