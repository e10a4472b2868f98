package dev.graft.training.engine;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.step.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the training graph over the chunks of a batch, as many at a time as there are threads, each on one thread: nothing waits for
 * anything but the end, where threads that share an operator wait at every one of them. A batch of one chunk has all threads.
 *
 * <p>Gradients are added in the chunks' order whatever the number of threads, and of several chunks each has its own thread, so that the
 * sum's bits do not depend on it. Those of a single chunk can: threads that share a product sum it in other blocks where each has fewer
 * than 128 columns. Owns its graphs; used by one thread.
 */
final class GradientRuns implements AutoCloseable {
    /** Tells the chunks of one batch apart, as far as dropout is concerned. */
    private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

    private final Supplier<OnnxModel> build;
    private final long parameters;
    private final GraphSettings settings;
    private final int threads;
    private final List<RunSlot> slots = new ArrayList<>();
    private final ExecutorService workers;
    private @Nullable OnnxModel built;
    private @Nullable OrtGraph graph;
    private @Nullable OrtGraph perChunk;

    /**
     * Loads nothing yet.
     *
     * @param build gives the training graph's model, when it is needed
     * @param parameters how many values are trained
     */
    GradientRuns(Supplier<OnnxModel> build, long parameters, GraphSettings settings) {
        this.build = build;
        this.parameters = parameters;
        this.settings = settings;
        this.threads = settings.threads() > 0
                ? settings.threads()
                : Runtime.getRuntime().availableProcessors();
        this.workers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "graft-training");
            thread.setDaemon(true);
            return thread;
        });
    }

    private OnnxModel model() {
        if (built == null) {
            built = build.get();
        }
        return built;
    }

    /** The seed of one of a batch's chunks. */
    static long seedOf(long seed, int chunk) {
        return seed + chunk * SEED_STEP;
    }

    /** The graph that a batch of one chunk runs on; on a device it is another copy of the weights, so it is loaded when it is asked for. */
    OrtGraph graph() {
        if (graph == null) {
            graph = OrtGraph.open(model(), settings);
        }
        return graph;
    }

    /**
     * Adds the gradient of all chunks to a vector.
     *
     * @return the loss of all
     */
    double add(List<Batch> chunks, BatchFeed feed, FloatVector parameters, float factor, long seed, FloatVector sum) {
        return chunks.size() == 1 || settings.profile().isPresent()
                ? addInTurn(chunks, feed, parameters, factor, seed, sum)
                : addSideBySide(chunks, feed, parameters, factor, seed, sum);
    }

    private double addInTurn(
            List<Batch> chunks, BatchFeed feed, FloatVector parameters, float factor, long seed, FloatVector sum) {
        double loss = 0;
        for (int i = 0; i < chunks.size(); i++) {
            loss += slot(0).run(graph(), feed, parameters, chunks.get(i), factor, seedOf(seed, i));
            sum.add(slot(0).gradient());
        }
        return loss;
    }

    private double addSideBySide(
            List<Batch> chunks, BatchFeed feed, FloatVector parameters, float factor, long seed, FloatVector sum) {
        OrtGraph each = perChunk();
        double loss = 0;
        List<CompletableFuture<Double>> running = new ArrayList<>();
        try {
            for (int i = 0; i < chunks.size() + threads; i++) {
                int done = i - threads;
                if (done >= 0 && done < chunks.size()) {
                    loss += result(running.get(done));
                    sum.add(slot(done).gradient());
                }
                if (i < chunks.size()) {
                    Run run = new Run(slot(i), chunks.get(i), seedOf(seed, i));
                    running.add(CompletableFuture.supplyAsync(() -> run.on(each, feed, parameters, factor), workers));
                }
            }
            return loss;
        } finally {
            // after a failure the others must not go on writing into their slots
            running.forEach(run -> run.handle((value, error) -> 0).join());
        }
    }

    /** One chunk's run. */
    private record Run(RunSlot slot, Batch chunk, long seed) {
        double on(OrtGraph graph, BatchFeed feed, FloatVector parameters, float factor) {
            return slot.run(graph, feed, parameters, chunk, factor, seed);
        }
    }

    private RunSlot slot(int chunk) {
        int number = chunk % threads;
        while (slots.size() <= number) {
            slots.add(new RunSlot(parameters, graph()));
        }
        return slots.get(number);
    }

    private OrtGraph perChunk() {
        if (perChunk == null) {
            perChunk = OrtGraph.open(model(), settings.withThreads(1).withoutProfile());
        }
        return perChunk;
    }

    private static double result(CompletableFuture<Double> run) {
        try {
            return run.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        workers.shutdown();
        slots.forEach(RunSlot::close);
        if (graph != null) {
            graph.close();
        }
        if (perChunk != null) {
            perChunk.close();
        }
    }
}
