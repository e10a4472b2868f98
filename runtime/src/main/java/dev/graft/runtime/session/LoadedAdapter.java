package dev.graft.runtime.session;

import ai.onnxruntime.OrtLoraAdapter;
import java.nio.file.Path;
import java.util.List;

/**
 * An adapter that one session can apply to a run; made by {@link ModelSession#loadAdapter}.
 *
 * <p>Owns the native adapter. A run that has begun holds it, so closing an adapter during a run lets the run finish with it; a run
 * that begins afterwards is refused. Safe for several threads.
 */
public final class LoadedAdapter implements AutoCloseable {
    private final ModelSession owner;
    private final Path file;
    private final List<AdapterParameter> parameters;
    private final OrtLoraAdapter adapter;
    private final SharedLifetime lifetime;

    LoadedAdapter(ModelSession owner, Path file, List<AdapterParameter> parameters, OrtLoraAdapter adapter) {
        this.owner = owner;
        this.file = file;
        this.parameters = List.copyOf(parameters);
        this.adapter = adapter;
        this.lifetime = new SharedLifetime(adapter::close);
    }

    /** The file it was read from. */
    public Path file() {
        return file;
    }

    /** Its tensors. */
    public List<AdapterParameter> parameters() {
        return parameters;
    }

    /** The file's name, for messages. */
    public String name() {
        return file.getFileName().toString();
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

    /** Frees the native adapter once no run uses it; closing again does nothing. */
    @Override
    public void close() {
        lifetime.close();
        owner.forget(this);
    }
}
