package dev.graft.training.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.TensorInfo;
import dev.graft.runtime.session.HostTensor;
import dev.graft.training.graph.BlockGraph;
import dev.graft.training.graph.TrainingGraph;
import dev.graft.training.ort.OrtGraph;
import dev.graft.training.step.Batch;
import dev.graft.training.step.DoneUpdate;
import dev.graft.training.step.PlannedUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Updates that run in one call, chunk for chunk as {@link GradientRuns} and {@link Optimiser} would run them one by one; only that chunks
 * run in turn.
 *
 * @param updates the updates
 * @param chunks of each update, those of each of its batches
 */
record UpdateBlock(List<PlannedUpdate> updates, List<List<List<Chunk>>> chunks) {
    /**
     * One run of the training graph.
     *
     * @param values what it is to the graph, by the names of its inputs
     */
    record Chunk(Map<String, HostTensor> values, float weight, long seed) {}

    static UpdateBlock of(List<PlannedUpdate> updates, RowChunks chunks, BatchFeed feed) {
        return new UpdateBlock(
                updates,
                updates.stream().map(update -> cut(update, chunks, feed)).toList());
    }

    private static List<List<Chunk>> cut(PlannedUpdate update, RowChunks chunks, BatchFeed feed) {
        List<List<Chunk>> cut = new ArrayList<>();
        for (int i = 0; i < update.batches().size(); i++) {
            List<Chunk> ofBatch = new ArrayList<>();
            for (Batch chunk : chunks.of(update.batches().get(i))) {
                long seed = GradientRuns.seedOf(update.seeds().get(i), ofBatch.size());
                ofBatch.add(new Chunk(feed.values(chunk), update.weight(), seed));
            }
            cut.add(ofBatch);
        }
        return cut;
    }

    /** Whether the data of all chunks can be given as one. */
    boolean canBeJoined() {
        Set<String> names = all().findFirst().orElseThrow().values().keySet();
        return all().allMatch(chunk -> chunk.values().keySet().equals(names))
                && names.stream().allMatch(name -> BlockInputs.canJoin(ofAll(name)));
    }

    /**
     * Runs it.
     *
     * @param scale what the loss is multiplied by
     * @return what came of each update; empty if it is not finite, and the optimiser is as it was
     */
    Optional<List<DoneUpdate>> run(OrtGraph graph, Optimiser optimiser, double scale) {
        try (BlockInputs inputs = new BlockInputs(graph.inputs());
                FloatVector losses = new FloatVector(all().count());
                FloatVector norms = new FloatVector(updates.size())) {
            addChunks(inputs, scale, seedsPerChunk(graph.inputs().get(BlockGraph.eachOf(TrainingGraph.SEEDS))));
            addNumbers(inputs, optimiser, scale);
            Map<String, OnnxTensor> fed = new HashMap<>(inputs.tensors());
            fed.putAll(optimiser.vectors());
            Map<String, OnnxTensor> outputs = new HashMap<>(optimiser.newVectors());
            outputs.put(BlockGraph.LOSSES, losses.tensor());
            outputs.put(BlockGraph.NORMS, norms.tensor());
            graph.run(fed, Set.of(), outputs).close();
            List<DoneUpdate> done = done(losses, norms);
            if (!done.stream().allMatch(DoneUpdate::isFinite)) {
                return Optional.empty();
            }
            optimiser.advance(done.size());
            return Optional.of(done);
        }
    }

    private void addChunks(BlockInputs inputs, double scale, int seeds) {
        for (String name : all().findFirst().orElseThrow().values().keySet()) {
            inputs.addTensors(name, ofAll(name));
        }
        inputs.addNumbers(
                TrainingGraph.WEIGHT,
                all().map(chunk -> new float[] {(float) (chunk.weight() * scale)})
                        .toList());
        if (seeds > 0) {
            inputs.addIntegers(
                    TrainingGraph.SEEDS,
                    all().map(chunk -> DropoutSeeds.numbers(chunk.seed(), seeds))
                            .toList());
        }
        inputs.addCounts(chunks.stream()
                .mapToLong(update -> update.stream().mapToLong(List::size).sum())
                .toArray());
    }

    /** 0 for a graph without dropout. */
    private static int seedsPerChunk(@Nullable NodeInfo input) {
        return input != null && input.getInfo() instanceof TensorInfo info ? (int) info.getShape()[1] : 0;
    }

    private void addNumbers(BlockInputs inputs, Optimiser optimiser, double scale) {
        Map<String, List<float[]>> each = new TreeMap<>();
        for (int i = 0; i < updates.size(); i++) {
            optimiser
                    .numbers(updates.get(i).rule(), scale, i)
                    .forEach((name, numbers) ->
                            each.computeIfAbsent(name, any -> new ArrayList<>()).add(numbers));
        }
        each.forEach(inputs::addNumbers);
    }

    private List<DoneUpdate> done(FloatVector losses, FloatVector norms) {
        List<DoneUpdate> done = new ArrayList<>();
        int next = 0;
        for (List<List<Chunk>> update : chunks) {
            List<Double> ofBatches = new ArrayList<>();
            for (List<Chunk> batch : update) {
                double loss = 0;
                for (int i = 0; i < batch.size(); i++) {
                    loss += losses.get(next++);
                }
                ofBatches.add(loss);
            }
            done.add(new DoneUpdate(ofBatches, norms.get(done.size())));
        }
        return done;
    }

    private Stream<Chunk> all() {
        return chunks.stream().flatMap(List::stream).flatMap(List::stream);
    }

    private List<HostTensor> ofAll(String name) {
        return all().map(chunk -> Objects.requireNonNull(chunk.values().get(name)))
                .toList();
    }
}
