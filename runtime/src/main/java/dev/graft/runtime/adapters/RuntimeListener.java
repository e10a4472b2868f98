package dev.graft.runtime.adapters;

import dev.graft.runtime.mix.AdapterMix;
import java.time.Duration;

/**
 * Is told what an {@link AdapterRuntime} does, for metrics and logs.
 *
 * <p>Called on the thread that does it, several at a time, and never while a lock is held. What a listener throws is dropped: a metric that fails must not
 * fail a request.
 */
public interface RuntimeListener {
    /** Hears nothing. */
    RuntimeListener NONE = new RuntimeListener() {};

    /**
     * An adapter or mix was read, checked and given to ONNX Runtime.
     *
     * @param bytes of its tensors
     * @param took reading, composing and copying
     */
    default void adapterLoaded(AdapterMix mix, long bytes, Duration took) {}

    /** An adapter or mix was dropped to make room, or because an adapter in it was replaced or removed; runs under way keep it. */
    default void adapterEvicted(AdapterMix mix, long bytes) {}

    /** A run begins with another adapter or mix than the one before it. */
    default void adapterSwitched(AdapterMix from, AdapterMix to) {}

    /**
     * A run ended.
     *
     * @param ready how long it took to have the adapter at hand: next to nothing where it was loaded already
     * @param took the run alone
     */
    default void ran(AdapterMix mix, Duration ready, Duration took) {}
}
