package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.Resolution;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The weights that a merge gives, computed from base and adapters once more and written nowhere: what a merged file is held
 * against. Holds open files; safe for several threads.
 */
public final class ExpectedWeights implements AutoCloseable {
    private final OpenFiles files = new OpenFiles();
    private final Workers workers;
    private final List<ExpectedTensor> tensors = new ArrayList<>();

    private ExpectedWeights(int threads) {
        this.workers = new Workers(threads);
    }

    /**
     * Prepares the weights of a merge.
     *
     * @param output the merged model, whose name decides those of tensors that were unshared
     * @param threads how many threads {@link #forEach} uses
     * @throws GraftException as {@link Merger#merge}, but for shared weights, which are taken as unshared
     */
    public static ExpectedWeights of(Resolution resolution, Path output, int threads) {
        ExpectedWeights weights = new ExpectedWeights(threads);
        try {
            weights.prepare(resolution, output);
            return weights;
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    private void prepare(Resolution resolution, Path output) {
        MergePlan plan = plan(resolution);
        Unsharing unsharing =
                Unsharing.of(resolution.model(), output.toAbsolutePath().normalize(), plan.copies());
        IdentityHashMap<LowRankTerm, double[]> doraFactors = DoraNorms.factors(plan.edits(), files, workers);
        for (TensorEdit edit : plan.inPlace()) {
            tensors.add(new ExpectedTensor(edit, edit.tensor().name(), List.of(), files, doraFactors));
        }
        for (int i = 0; i < plan.copies().size(); i++) {
            MergePlan.Copy copy = plan.copies().get(i);
            String name = unsharing.initializers().get(i);
            tensors.add(new ExpectedTensor(copy.edit(), name, readers(copy), files, doraFactors));
        }
    }

    private static List<ExpectedTensor.Reader> readers(MergePlan.Copy copy) {
        return copy.uses().stream()
                .map(use -> new ExpectedTensor.Reader(use.graph(), use.node(), use.input()))
                .toList();
    }

    private static MergePlan plan(Resolution resolution) {
        try {
            return MergePlan.of(resolution, false);
        } catch (GraftException e) {
            if (e.code() != ErrorCode.WEIGHT_SHARED) {
                throw e;
            }
            return MergePlan.of(resolution, true);
        }
    }

    /** The tensors that change. */
    public List<ExpectedTensor> tensors() {
        return List.copyOf(tensors);
    }

    /** Does something for all numbers below {@code count}, on several threads. */
    public void forEach(int count, IntConsumer action) {
        workers.run(count, worker -> action);
    }

    @Override
    public void close() {
        files.close();
    }
}
