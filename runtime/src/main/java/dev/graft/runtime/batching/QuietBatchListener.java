package dev.graft.runtime.batching;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Keeps what a listener throws away from the requests that it is told about, and logs it. */
final class QuietBatchListener implements BatchListener {
    private static final Logger LOG = System.getLogger(BatchListener.class.getName());

    private final BatchListener listener;

    QuietBatchListener(BatchListener listener) {
        this.listener = listener;
    }

    @Override
    public void batchRan(BatchReport batch) {
        tell(() -> listener.batchRan(batch));
    }

    @Override
    public void adapterPlaced(String adapter, int slot, Duration took) {
        tell(() -> listener.adapterPlaced(adapter, slot, took));
    }

    @Override
    public void adapterEvicted(String adapter, int slot) {
        tell(() -> listener.adapterEvicted(adapter, slot));
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a batch listener failed", e);
        }
    }
}
