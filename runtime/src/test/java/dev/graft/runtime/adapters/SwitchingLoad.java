package dev.graft.runtime.adapters;

import static dev.graft.runtime.adapters.SummingModel.X;
import static dev.graft.runtime.adapters.SummingModel.adding;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.mix.AdapterMix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Threads that run, mix, replace and remove adapters at random: a program of its own, so that its memory is its own. Prints {@code wrong=0 runs=.. unknown=..
 * before=KiB after=KiB}.
 *
 * <p>Version v of adapter i adds {@code 8·(v mod 256) + i}: an output says which version of which adapter made it. Right is any version from the newest that
 * was there before the run began to the newest that was begun to be put there before it ended.
 */
final class SwitchingLoad {
    private static final int NAMES = 8;
    private static final int VERSIONS = 256;
    private static final int SECOND = NAMES * VERSIONS;

    private final AdapterRuntime runtime;
    private final int runsPerThread;
    private final AtomicLongArray begun = new AtomicLongArray(NAMES);
    private final AtomicLongArray there = new AtomicLongArray(NAMES);
    private final ReentrantLock[] writers =
            IntStream.range(0, NAMES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();

    private SwitchingLoad(AdapterRuntime runtime, int runsPerThread) {
        this.runtime = runtime;
        this.runsPerThread = runsPerThread;
    }

    /** Arguments: the model, threads, runs per thread. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[1]);
        // room for about ten adapters and mixes, so that they are evicted all the time
        RuntimeSettings settings = RuntimeSettings.DEFAULT
                .with(RuntimeSettings.DEFAULT.session().withIntraOpThreads(1))
                .withCacheBytes(400);
        try (AdapterRuntime runtime = AdapterRuntime.open(Path.of(arguments[0]), settings)) {
            SwitchingLoad load = new SwitchingLoad(runtime, Integer.parseInt(arguments[2]));
            for (int name = 0; name < NAMES; name++) {
                load.put(name);
            }
            load.run(threads, 1000);
            long before = residentKib();
            load.run(threads, load.runsPerThread - 1000);
            System.out.printf(
                    "wrong=%d runs=%d unknown=%d before=%d after=%d%n",
                    load.wrong.get(), load.runs.get(), load.unknown.get(), before, residentKib());
        }
    }

    private void run(int threads, int each) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            var futures = IntStream.range(0, threads)
                    .<Future<?>>mapToObj(thread -> pool.submit(() -> run(new Random(thread * 31L + each), each)))
                    .toList();
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    private void run(Random random, int each) {
        for (int i = 0; i < each; i++) {
            int first = random.nextInt(NAMES);
            int second = (first + 1 + random.nextInt(NAMES - 1)) % NAMES;
            switch (random.nextInt(20)) {
                case 0 -> put(first);
                case 1 -> remove(first);
                default -> {}
            }
            runs.incrementAndGet();
            try {
                if (random.nextInt(3) == 0) {
                    runMix(first, second);
                } else {
                    runOne(first);
                }
            } catch (GraftException e) {
                if (e.code() != ErrorCode.ADAPTER_UNKNOWN) {
                    throw e;
                }
                unknown.incrementAndGet();
                put(first);
            }
        }
    }

    private void runOne(int name) {
        long oldest = there.get(name);
        long added = added(AdapterMix.of(name(name)));
        check(name, added, oldest);
    }

    private void runMix(int first, int second) {
        long oldestFirst = there.get(first);
        long oldestSecond = there.get(second);
        long added = added(AdapterMix.of(name(first), 1, name(second), SECOND));
        check(first, added % SECOND, oldestFirst);
        check(second, added / SECOND, oldestSecond);
    }

    private long added(AdapterMix mix) {
        double[] y = runtime.run(X, mix).get("y").toDoubles();
        if (y[1] != y[0] + 1) {
            wrong.incrementAndGet();
        }
        return (long) y[0] - 1;
    }

    private void check(int name, long added, long oldest) {
        long newest = begun.get(name);
        boolean right = false;
        for (long version = oldest; version <= newest; version++) {
            right |= added == value(name, version);
        }
        if (!right) {
            wrong.incrementAndGet();
        }
    }

    private void put(int name) {
        writers[name].lock();
        try {
            long version = begun.incrementAndGet(name);
            runtime.put(name(name), adding((double) value(name, version), 1 + (int) (version % 3)));
            there.set(name, version);
        } finally {
            writers[name].unlock();
        }
    }

    private void remove(int name) {
        writers[name].lock();
        try {
            runtime.remove(name(name));
        } finally {
            writers[name].unlock();
        }
    }

    private static long value(int name, long version) {
        return NAMES * (version % VERSIONS) + name;
    }

    private static String name(int name) {
        return "adapter-" + name;
    }

    private static long residentKib() throws Exception {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
