package dev.graft.compiler.merge;

import dev.graft.compiler.resolve.Resolution;
import dev.graft.io.OutputTransaction;
import dev.graft.io.Progress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** Bakes adapters into a model's weights. */
public final class Merger {
    private Merger() {}

    /**
     * Writes the merged model and its data files.
     *
     * @param output the model file to write; its data files get the base's names in the same folder
     * @throws dev.graft.error.GraftException {@code WEIGHT_SHARED}, {@code WEIGHT_NOT_MERGEABLE}, {@code ADAPTERS_CONFLICT}, {@code
     *     MERGE_NOT_FINITE}, {@code OUTPUT_EXISTS}, {@code OUTPUT_IS_INPUT}, {@code OUTPUT_BUSY}, {@code IO_FAILED}
     */
    public static MergeReport merge(Resolution resolution, Path output, MergeOptions options, Progress progress) {
        Path main = output.toAbsolutePath().normalize();
        MergePlan plan = MergePlan.of(resolution, options.unshare());
        Unsharing unsharing = Unsharing.of(resolution.model(), main, plan.copies());
        OutputLayout layout = OutputLayout.of(resolution.model(), main, plan, unsharing);
        long bytes = layout.sizes().values().stream().mapToLong(Long::longValue).sum();
        List<BlockStatistics>[] statistics = newStatistics(layout.tasks().size());
        try (OutputTransaction transaction = OutputTransaction.open(main, options.force())) {
            layout.sizes().keySet().forEach(file -> transaction.refuseInputs(file, resolution.inputs()));
            transaction.requireSpace(bytes);
            progress.begin("merging " + main.getFileName(), bytes);
            write(plan, layout, transaction, options.threads(), statistics, progress);
            transaction.commit();
            progress.end();
        }
        return new MergeReport(
                main,
                List.copyOf(layout.sizes().keySet()),
                bytes,
                TargetReports.of(plan, layout.tasks(), statistics),
                unsharing.initializers(),
                plan.warnings());
    }

    private static void write(
            MergePlan plan,
            OutputLayout layout,
            OutputTransaction transaction,
            int threads,
            List<BlockStatistics>[] statistics,
            Progress progress) {
        Workers workers = new Workers(threads);
        try (OpenFiles inputs = new OpenFiles();
                StagedFiles outputs =
                        new StagedFiles(transaction, layout.sizes().keySet())) {
            IdentityHashMap<LowRankTerm, double[]> doraFactors = DoraNorms.factors(plan.edits(), inputs, workers);
            layout.literals()
                    .forEach(literal ->
                            outputs.write(literal.destination(), literal.position(), ByteBuffer.wrap(literal.bytes())));
            IntFunction<IntConsumer> newWorker = worker -> new MergeWorker(
                    layout.tasks(), statistics, inputs, outputs, new UnitComputer(inputs, doraFactors), progress);
            WriteBehind.during(() -> workers.run(layout.tasks().size(), newWorker), outputs);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<BlockStatistics>[] newStatistics(int tasks) {
        List<BlockStatistics>[] statistics = new List[tasks];
        java.util.Arrays.fill(statistics, new ArrayList<>());
        return statistics;
    }
}
