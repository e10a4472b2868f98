package dev.graft.cli.command;

import dev.graft.io.OutputTransaction;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, or another friendly signal to end: asks a training run to stop, keeps the process until it has saved its checkpoint, and removes
 * the half of an output that a command was writing. A second one cannot be caught by Java; the checkpoints that are complete stay.
 */
public final class Interruption implements AutoCloseable {
    private static final long LONGEST_SECONDS = 300;
    private static final AtomicReference<@Nullable Interruption> RUNNING = new AtomicReference<>();

    private static volatile boolean ending;

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean asked;

    private Interruption() {}

    /** Makes the end of the process a tidy one, from here on. */
    public static void expect() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::end, "graft-stop"));
    }

    /** Listens until it is closed, for a run that saves what it has. */
    public static Interruption listen() {
        Interruption interruption = new Interruption();
        RUNNING.set(interruption);
        return interruption;
    }

    /** Whether the process is ending: what fails now is no news. */
    public static boolean isEnding() {
        return ending;
    }

    /** Whether the run must stop. */
    public boolean isAsked() {
        return asked;
    }

    private static void end() {
        Interruption running = RUNNING.get();
        if (running != null) {
            running.stop();
        }
        ending = true;
        OutputTransaction.abandonAll();
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
        RUNNING.compareAndSet(this, null);
        done.countDown();
    }
}
