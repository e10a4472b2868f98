package dev.graft.compiler.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Runs numbered tasks on a fixed number of threads, in about the order of their numbers. */
final class Workers {
    private final int threads;

    Workers(int threads) {
        this.threads = Math.max(1, threads);
    }

    /**
     * Runs tasks 0 to {@code count - 1}; returns when all are done.
     *
     * <p>If tasks fail, the rest is given up and the failure of the lowest number is thrown.
     *
     * @param newWorker makes what one thread runs its tasks with
     */
    void run(int count, IntFunction<IntConsumer> newWorker) {
        AtomicInteger next = new AtomicInteger();
        Failure failure = new Failure();
        List<Thread> helpers = new ArrayList<>();
        for (int worker = 1; worker < Math.min(threads, count); worker++) {
            int number = worker;
            Thread thread = new Thread(() -> work(count, next, failure, newWorker, number), "graft-worker-" + number);
            thread.setDaemon(true);
            thread.start();
            helpers.add(thread);
        }
        if (count > 0) {
            work(count, next, failure, newWorker, 0);
        }
        helpers.forEach(Workers::join);
        failure.rethrow();
    }

    private static void work(
            int count, AtomicInteger next, Failure failure, IntFunction<IntConsumer> newWorker, int number) {
        int task = -1;
        try {
            IntConsumer worker = newWorker.apply(number);
            for (task = next.getAndIncrement(); task < count; task = next.getAndIncrement()) {
                worker.accept(task);
            }
        } catch (RuntimeException | Error e) {
            failure.record(task, e);
            next.set(count);
        }
    }

    /** Waits for a thread also when interrupted, because it uses the caller's files, and passes the interrupt on. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Failure {
        private int task = Integer.MAX_VALUE;
        private @Nullable Throwable cause;

        synchronized void record(int failedTask, Throwable thrown) {
            if (failedTask < task) {
                task = failedTask;
                cause = thrown;
            }
        }

        synchronized void rethrow() {
            if (cause instanceof RuntimeException e) {
                throw e;
            }
            if (cause instanceof Error e) {
                throw e;
            }
        }
    }
}
