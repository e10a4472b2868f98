package dev.graft.runtime.adapters;

import dev.graft.runtime.mix.AdapterMix;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Keeps what a listener throws away from the run that it is told about, and logs it. */
final class QuietListener implements RuntimeListener {
    private static final Logger LOG = System.getLogger(RuntimeListener.class.getName());

    private final RuntimeListener listener;

    QuietListener(RuntimeListener listener) {
        this.listener = listener;
    }

    @Override
    public void adapterLoaded(AdapterMix mix, long bytes, Duration took) {
        tell(() -> listener.adapterLoaded(mix, bytes, took));
    }

    @Override
    public void adapterEvicted(AdapterMix mix, long bytes) {
        tell(() -> listener.adapterEvicted(mix, bytes));
    }

    @Override
    public void adapterSwitched(AdapterMix from, AdapterMix to) {
        tell(() -> listener.adapterSwitched(from, to));
    }

    @Override
    public void ran(AdapterMix mix, Duration ready, Duration took) {
        tell(() -> listener.ran(mix, ready, took));
    }

    private static void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a listener failed", e);
        }
    }
}
