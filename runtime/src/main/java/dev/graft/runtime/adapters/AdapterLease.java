package dev.graft.runtime.adapters;

import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mix that is ready for any number of runs, whatever is replaced, removed or evicted meanwhile; the caller closes it. Safe for several threads.
 */
public final class AdapterLease implements AutoCloseable {
    private final AdapterMix mix;
    private final Carrier carrier;
    private final @Nullable Carried adapter;

    /** @param adapter null for the base */
    AdapterLease(AdapterMix mix, Carrier carrier, @Nullable Carried adapter) {
        this.mix = mix;
        this.carrier = carrier;
        this.adapter = adapter;
    }

    /** What is ready. */
    public AdapterMix mix() {
        return mix;
    }

    /** The session to run with {@link #adapters()}; the runtime owns it. */
    public ModelSession session() {
        return carrier.session();
    }

    /**
     * The adapters for a run of the session: none or one; the lease owns them.
     *
     * @throws IllegalStateException for a model of style batched, whose session takes slots instead
     */
    public List<LoadedAdapter> adapters() {
        return carrier.switched(adapter);
    }

    /**
     * Runs the model.
     *
     * @return the outputs by name, in the model's order
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID}, {@code RUNTIME_FAILED}
     */
    public Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
        return carrier.run(inputs, adapter);
    }

    @Override
    public void close() {
        if (adapter != null) {
            adapter.close();
        }
    }
}
