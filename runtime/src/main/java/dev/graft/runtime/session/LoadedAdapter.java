package dev.graft.runtime.session;

import ai.onnxruntime.OrtLoraAdapter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An adapter that one session can apply to a run; made by {@link ModelSession#loadAdapter}.
 *
 * <p>Holds the native adapter, alone or {@linkplain #share() with others}; the last to be closed frees it. A run that has begun holds it too, so closing an
 * adapter during a run lets the run finish with it; a run that begins afterwards is refused. Safe for several threads.
 */
public final class LoadedAdapter implements AutoCloseable {
    private final ModelSession owner;
    private final String name;
    private final @Nullable Path file;
    private final List<AdapterParameter> parameters;
    private final OrtLoraAdapter adapter;
    private final SharedLifetime nativeLifetime;
    private final SharedLifetime lifetime;

    LoadedAdapter(
            ModelSession owner,
            String name,
            @Nullable Path file,
            List<AdapterParameter> parameters,
            OrtLoraAdapter adapter) {
        this.owner = owner;
        this.name = name;
        this.file = file;
        this.parameters = List.copyOf(parameters);
        this.adapter = adapter;
        this.nativeLifetime = new SharedLifetime(adapter::close);
        this.lifetime = new SharedLifetime(nativeLifetime::close);
    }

    /** Another hold on what is shared, which was acquired for it. */
    private LoadedAdapter(LoadedAdapter shared) {
        this.owner = shared.owner;
        this.name = shared.name;
        this.file = shared.file;
        this.parameters = shared.parameters;
        this.adapter = shared.adapter;
        this.nativeLifetime = shared.nativeLifetime;
        this.lifetime = new SharedLifetime(nativeLifetime::release);
    }

    /**
     * Another hold on the same native adapter, which stays usable when this one is closed; the caller closes it.
     *
     * @throws IllegalStateException if this one is closed already
     */
    public LoadedAdapter share() {
        if (lifetime.isClosed() || !nativeLifetime.acquire()) {
            throw new IllegalStateException("the adapter " + name + " is closed");
        }
        return new LoadedAdapter(this);
    }

    /** Its tensors. */
    public List<AdapterParameter> parameters() {
        return parameters;
    }

    /** The bytes of its tensors. */
    public long bytes() {
        return parameters.stream()
                .mapToLong(parameter ->
                        parameter.dtype().byteSize(parameter.shape().elements()))
                .sum();
    }

    /** What it is called, for messages: the name of its file, or the one it was given. */
    public String name() {
        return name;
    }

    /** The file that it was read from, or null for one from memory. */
    public @Nullable Path file() {
        return file;
    }

    boolean belongsTo(ModelSession session) {
        return owner == session;
    }

    OrtLoraAdapter handle() {
        return adapter;
    }

    SharedLifetime lifetime() {
        return lifetime;
    }

    /** Lets go of the native adapter once no run uses it through this; closing again does nothing. */
    @Override
    public void close() {
        lifetime.close();
        owner.forget(this);
    }
}
