package dev.graft.training.run.checkpoint;

import java.nio.file.Path;

/** Writes an adapter that holds given parameters. */
public interface AdapterWriter {
    /** Writes nothing. */
    AdapterWriter NONE = (folder, parameters) -> {};

    /**
     * Writes the adapter's files into a folder that exists, in place of those of an earlier adapter.
     *
     * @param parameters the trainable values, as the engine's layout says; not to be kept or changed
     * @throws dev.graft.error.GraftException {@code IO_FAILED}
     */
    void write(Path folder, float[] parameters);
}
