package dev.graft.runtime.adapters;

import dev.graft.error.GraftException;
import dev.graft.runtime.adapters.AdapterSource.OnDisk;
import dev.graft.runtime.adapters.Ingredients.Ingredient;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;

/** Gives adapters and mixes to ONNX Runtime: a file that fits is mapped into memory, all else is put together there. */
final class AdapterLoader {
    private final ModelSession session;
    private final BaseCheck base;
    private final FittedTensors fitted;

    AdapterLoader(ModelSession session, boolean anyBase) {
        this.session = session;
        this.base = new BaseCheck(session, anyBase);
        this.fitted = new FittedTensors(session.overridableInputs());
    }

    /**
     * Reads, checks and loads.
     *
     * @throws GraftException whatever is wrong with the adapter, or between it and the model
     */
    LoadedAdapter load(Ingredients ingredients) {
        if (ingredients.isPlain()) {
            return load(ingredients.parts().get(0).adapter());
        }
        MixedTensors mixed = new MixedTensors();
        for (Ingredient part : ingredients.parts()) {
            AdapterSource source = part.adapter().source();
            base.require(source);
            AdapterMix.Part named = new AdapterMix.Part(part.adapter().name(), part.weight());
            mixed.add(named, source.path(), fitted.of(source));
        }
        return session.loadAdapter(ingredients.mix().toString(), null, mixed.sum());
    }

    private LoadedAdapter load(Registration adapter) {
        AdapterSource source = adapter.source();
        base.require(source);
        if (source instanceof OnDisk file && fitted.fitsAsItIs(file)) {
            return session.loadAdapter(file.path());
        }
        return session.loadAdapter(adapter.name(), source.path(), fitted.of(source));
    }
}
