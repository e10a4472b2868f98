package dev.graft.training.engine;

import dev.graft.compiler.ir.OnnxModel;
import dev.graft.error.GraftException;
import dev.graft.training.graph.BlockGraph;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.ort.GraphSettings;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.PlannedUpdate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Several updates in one call of ONNX Runtime, for as long as that works: where its graph cannot be loaded or run there is none from then
 * on, and updates are done one by one, which takes less memory, and fails with a message that names the step where that fails too. Owns
 * its graphs.
 */
final class UpdateBlocks implements AutoCloseable {
    private final RowChunks chunks;
    private final BatchFeed feed;
    private final GraphSettings settings;
    private final int most;
    /** By the number of threads. */
    private final Map<Integer, OrtGraph> graphs = new HashMap<>();

    private @Nullable OnnxModel model;

    /** @param most how many updates a call may do */
    UpdateBlocks(RowChunks chunks, BatchFeed feed, GraphSettings settings, int most) {
        this.chunks = chunks;
        this.feed = feed;
        this.settings = settings.withoutProfile();
        this.most = most;
    }

    /**
     * Loads the graph.
     *
     * @param step a training graph, which is used up
     * @param scaled whether its loss is scaled
     */
    void load(TrainingGraph step, boolean scaled) {
        if (!BlockGraph.isPossible(step)) {
            return;
        }
        try {
            OnnxModel built = BlockGraph.build(step, scaled);
            graph(built, settings.threads());
            model = built;
        } catch (GraftException e) {
            close();
        }
    }

    /** How many updates a call may do; 0 where there is no graph. */
    int updatesPerCall() {
        return model == null ? 0 : most;
    }

    /**
     * Does updates.
     *
     * @param scale what the loss is multiplied by
     * @return what came of them; empty if they cannot be done, or it is not finite, and the optimiser is as it was
     */
    Optional<List<DoneUpdate>> run(List<PlannedUpdate> updates, Optimiser optimiser, double scale) {
        if (model == null) {
            return Optional.empty();
        }
        try {
            UpdateBlock block = UpdateBlock.of(updates, chunks, feed);
            Optional<Integer> threads = threads(block);
            return threads.isPresent() && block.canBeJoined()
                    ? block.run(graph(model, threads.get()), optimiser, scale)
                    : Optional.empty();
        } catch (GraftException | OutOfMemoryError e) {
            close();
            return Optional.empty();
        }
    }

    /**
     * As many as {@link GradientRuns} has for a chunk, for another number may give other last bits; none where batches that are cut stand
     * beside ones that are not.
     */
    private Optional<Integer> threads(UpdateBlock block) {
        List<Integer> each = block.chunks().stream()
                .flatMap(List::stream)
                .map(batch -> batch.size() == 1 ? settings.threads() : 1)
                .distinct()
                .toList();
        return each.size() == 1 ? Optional.of(each.get(0)) : Optional.empty();
    }

    private OrtGraph graph(OnnxModel built, int threads) {
        return graphs.computeIfAbsent(threads, count -> OrtGraph.open(built, settings.withThreads(count)));
    }

    @Override
    public void close() {
        graphs.values().forEach(OrtGraph::close);
        graphs.clear();
        model = null;
    }
}
