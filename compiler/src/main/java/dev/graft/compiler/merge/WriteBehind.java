package dev.graft.compiler.merge;

import dev.graft.error.GraftException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hands written bytes to the disk while others are still being computed, so that the fsync at the end finds little to do.
 *
 * <p>Without it, the disk idles during the merge and the processors during the fsync.
 */
final class WriteBehind {
    private static final long PAUSE_NANOS = 5_000_000;
    private static final long WORTH_A_FLUSH = 16 << 20;

    private final StagedFiles files;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable GraftException failure;

    private WriteBehind(StagedFiles files) {
        this.files = files;
        this.thread = new Thread(this::run, "graft-write-behind");
        thread.setDaemon(true);
    }

    /** Flushes the files again and again while the work is done. */
    static void during(Runnable work, StagedFiles files) {
        WriteBehind behind = new WriteBehind(files);
        behind.thread.start();
        try {
            work.run();
        } finally {
            behind.stop();
        }
        if (behind.failure != null) {
            throw behind.failure;
        }
    }

    private void run() {
        try {
            while (!closed) {
                LockSupport.parkNanos(PAUSE_NANOS);
                if (files.unflushed() >= WORTH_A_FLUSH) {
                    files.flush();
                }
            }
        } catch (GraftException e) {
            failure = e;
        }
    }

    /** Waits for the flush under way. */
    private void stop() {
        closed = true;
        LockSupport.unpark(thread);
        Workers.join(thread);
    }
}
