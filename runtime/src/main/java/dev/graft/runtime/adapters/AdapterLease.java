package dev.graft.runtime.adapters;

import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.util.List;
import java.util.Map;

/**
 * A mix that is ready for any number of runs, whatever is replaced, removed or evicted meanwhile; the caller closes it. Safe for several threads.
 */
public final class AdapterLease implements AutoCloseable {
    private final AdapterMix mix;
    private final ModelSession session;
    private final List<LoadedAdapter> adapters;

    AdapterLease(AdapterMix mix, ModelSession session, List<LoadedAdapter> adapters) {
        this.mix = mix;
        this.session = session;
        this.adapters = List.copyOf(adapters);
    }

    /** What is ready. */
    public AdapterMix mix() {
        return mix;
    }

    /** The session to run with {@link #adapters()}; the runtime owns it. */
    public ModelSession session() {
        return session;
    }

    /** The adapters for a run of the session: none or one; the lease owns them. */
    public List<LoadedAdapter> adapters() {
        return adapters;
    }

    /**
     * Runs the model.
     *
     * @return the outputs by name, in the model's order
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
        return session.run(inputs, adapters);
    }

    @Override
    public void close() {
        adapters.forEach(LoadedAdapter::close);
    }
}
