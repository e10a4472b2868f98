package dev.graft.cli.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or another friendly signal to end: asks the run to stop, and keeps the process until it has saved its checkpoint. A second one
 * cannot be caught by Java; the checkpoints that are complete stay.
 */
public final class Interruption implements AutoCloseable {
    private static final long LONGEST_SECONDS = 300;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "graft-stop");
    private volatile boolean asked;

    private Interruption() {}

    /** Listens until it is closed. */
    public static Interruption listen() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Whether the run must stop. */
    public boolean isAsked() {
        return asked;
    }

    private void stop() {
        asked = true;
        try {
            boolean inTime = done.await(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (!inTime) {
                Thread.currentThread().interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        if (!asked) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the process ends already: the hook is running
                asked = true;
            }
        }
    }
}
