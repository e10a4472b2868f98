package dev.graft.runtime.adapters;

import dev.graft.runtime.session.SessionSettings;

/**
 * How an {@link AdapterRuntime} works.
 *
 * @param session how the model is opened
 * @param cacheBytes how many bytes of adapters and mixes stay loaded when nothing uses them; the least recently used go first, pinned ones and what is in
 *     use do not
 * @param listener is told what happens
 * @param anyBase whether an adapter file that says it was made for another base is taken all the same
 */
public record RuntimeSettings(SessionSettings session, long cacheBytes, RuntimeListener listener, boolean anyBase) {
    /** The processor, half a GiB of adapters, nobody listening. */
    public static final RuntimeSettings DEFAULT =
            new RuntimeSettings(SessionSettings.DEFAULT, 512L << 20, RuntimeListener.NONE, false);

    public RuntimeSettings {
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("a cache of " + cacheBytes + " bytes");
        }
    }

    /** The same with another way to open the model. */
    public RuntimeSettings with(SessionSettings newSession) {
        return new RuntimeSettings(newSession, cacheBytes, listener, anyBase);
    }

    /** The same with room for so many bytes. */
    public RuntimeSettings withCacheBytes(long bytes) {
        return new RuntimeSettings(session, bytes, listener, anyBase);
    }

    /** The same with a listener. */
    public RuntimeSettings with(RuntimeListener newListener) {
        return new RuntimeSettings(session, cacheBytes, newListener, anyBase);
    }

    /** The same, taking adapter files that were made for another base, such as the float model that an int4 one comes from. */
    public RuntimeSettings acceptingAnyBase() {
        return new RuntimeSettings(session, cacheBytes, listener, true);
    }
}
