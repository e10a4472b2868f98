package dev.graft.runtime.adapters;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a model takes adapters: by ONNX Runtime's own switching, or in slots. Owns the model. */
interface Carrier extends AutoCloseable {
    /** The model. */
    ModelSession session();

    /**
     * Reads, checks and makes ready.
     *
     * @throws dev.graft.error.GraftException whatever is wrong with the adapter, or between it and the model
     */
    Carried load(Ingredients ingredients);

    /** Runs the model with an adapter, or with none. */
    Map<String, HostTensor> run(Map<String, HostTensor> inputs, @Nullable Carried adapter);

    /**
     * What a run of the session itself takes for an adapter.
     *
     * @throws IllegalStateException if the model takes adapters otherwise
     */
    List<LoadedAdapter> switched(@Nullable Carried adapter);

    @Override
    void close();
}
