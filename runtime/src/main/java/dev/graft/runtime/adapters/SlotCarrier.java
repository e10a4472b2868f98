package dev.graft.runtime.adapters;

import dev.graft.adapter.Adapter;
import dev.graft.runtime.adapters.Ingredients.Ingredient;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Models of style batched: an adapter goes into a slot when a run wants it, and all rows of that run use it. */
final class SlotCarrier implements Carrier {
    private final BatchedModel model;
    private final BaseCheck base;

    SlotCarrier(BatchedModel model, boolean anyBase) {
        this.model = model;
        this.base = new BaseCheck(model.session(), anyBase);
    }

    /**
     * An adapter that fits the slots.
     *
     * @param kept whether closing it means that it is used no more, so that its slot is free for others
     */
    private record Slotted(BatchedModel model, SlotAdapter adapter, boolean kept) implements Carried {
        @Override
        public long bytes() {
            return adapter.bytes();
        }

        @Override
        public Carried share() {
            return new Slotted(model, adapter, false);
        }

        @Override
        public void close() {
            if (kept) {
                model.forget(adapter);
            }
        }
    }

    @Override
    public ModelSession session() {
        return model.session();
    }

    @Override
    public Carried load(Ingredients ingredients) {
        if (ingredients.isPlain()) {
            Registration plain = ingredients.parts().get(0).adapter();
            return new Slotted(model, model.prepare(plain.name(), read(plain.source())), true);
        }
        Map<String, Adapter> adapters = new HashMap<>();
        for (Ingredient part : ingredients.parts()) {
            adapters.put(part.adapter().name(), read(part.adapter().source()));
        }
        SlotAdapter mixed = model.prepare(ingredients.mix(), name -> Objects.requireNonNull(adapters.get(name)));
        return new Slotted(model, mixed, true);
    }

    private Adapter read(AdapterSource source) {
        AdapterContent content = source.read();
        base.require(content);
        return content.adapter();
    }

    @Override
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs, @Nullable Carried adapter) {
        SlotAdapter slot = adapter == null ? null : ((Slotted) adapter).adapter();
        try {
            return model.run(inputs, Collections.nCopies(model.rows(inputs), slot));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a slot");
        }
    }

    @Override
    public List<LoadedAdapter> switched(@Nullable Carried adapter) {
        throw new IllegalStateException(
                "a batched model takes adapters in slots: run through the lease, or generate over its BatchedModel");
    }

    @Override
    public void close() {
        model.close();
    }
}
