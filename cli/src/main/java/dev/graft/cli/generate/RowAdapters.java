package dev.graft.cli.generate;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.error.GraftException;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.UnknownAdapter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model in style batched, and the adapters that go into its slots. For one thread at a time. */
public final class RowAdapters {
    private final BatchedModel model;
    private final Map<String, Adapter> adapters = new HashMap<>();
    private final Map<AdapterMix, SlotAdapter> ready = new HashMap<>();

    private RowAdapters(BatchedModel model) {
        this.model = model;
    }

    /** A model and adapters by name; nothing is put into a slot yet. */
    static RowAdapters of(BatchedModel model, Map<String, WeightedAdapter> adapters) {
        RowAdapters rows = new RowAdapters(model);
        adapters.forEach((name, adapter) -> rows.adapters.put(name, adapter.adapter()));
        return rows;
    }

    BatchedModel model() {
        return model;
    }

    /**
     * A mix as it goes into a slot, composed once; null for the base.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code SLOT_RANK_EXCEEDED}, {@code CONVERT_UNSUPPORTED}, or what else is wrong between adapter and model
     */
    @Nullable
    SlotAdapter of(AdapterMix mix) {
        return mix.parts().isEmpty() ? null : ready.computeIfAbsent(mix, any -> model.prepare(any, this::adapter));
    }

    private Adapter adapter(String name) {
        Adapter adapter = adapters.get(name);
        if (adapter == null) {
            throw UnknownAdapter.named(name, adapters.keySet());
        }
        return adapter;
    }
}
