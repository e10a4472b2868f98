package dev.graft.cli.io;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.runtime.adapters.FittedTensors;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;

/** Adapters of any format, added up as one that a session takes, and freed behind. */
public final class SwitchedAdapter implements AutoCloseable {
    private final List<LoadedAdapter> loaded;

    private SwitchedAdapter(List<LoadedAdapter> loaded) {
        this.loaded = loaded;
    }

    /**
     * Loads adapters into a session whose model has inputs for them.
     *
     * @throws dev.graft.error.GraftException {@code CONVERT_UNSUPPORTED} or {@code TARGET_NOT_FOUND}
     */
    public static SwitchedAdapter load(ModelSession session, List<WeightedAdapter> adapters) {
        if (adapters.isEmpty()) {
            return new SwitchedAdapter(List.of());
        }
        FittedTensors fitted = new FittedTensors(session.overridableInputs());
        NamedMix named = NamedMix.of(adapters);
        List<Tensor> tensors = named.mix().summed(name -> fitted.of(named.adapter(name)));
        Path source = adapters.size() == 1 ? adapters.get(0).adapter().source() : null;
        return new SwitchedAdapter(List.of(session.loadAdapter(named.mix().toString(), source, tensors)));
    }

    /** Loads adapters into a session whose model has inputs for them; into any other, none. */
    public static SwitchedAdapter loadWhereOpen(ModelSession session, List<WeightedAdapter> adapters) {
        boolean open = session.overridableInputs().keySet().stream().anyMatch(name -> name.contains("lora_A"));
        return load(session, open ? adapters : List.of());
    }

    /** The adapters, for a run: none or one. */
    public List<LoadedAdapter> loaded() {
        return loaded;
    }

    @Override
    public void close() {
        loaded.forEach(LoadedAdapter::close);
    }
}
