package dev.graft.cli.commands;

import dev.graft.cli.bench.BatchedComparison;
import dev.graft.cli.bench.LatencyComparison;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.runtime.latency.LatencyReport;
import dev.graft.runtime.session.SessionSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code graft bench batched}: what an adapter per row costs against one adapter for the whole batch, and against merging. */
final class BatchedBench {
    private static final int DEFAULT_ROWS = 8;
    private static final int MOST_ROWS = 256;

    private BatchedBench() {}

    static int run(
            Invocation invocation, Resolution resolution, List<Integer> tokens, int rounds, SessionSettings settings) {
        if (resolution.adapters().size() != 1) {
            throw invocation.usageError("batched takes one adapter and makes those of the other rows itself, got "
                    + resolution.adapters().size());
        }
        int rows = invocation.intOption("batch", DEFAULT_ROWS, 1, MOST_ROWS);
        Map<Integer, LatencyReport> reports = new BatchedComparison(rows, rounds, settings)
                .measure(resolution, tokens, invocation.console().progress());
        Map<Integer, Document> documents = new LinkedHashMap<>();
        reports.forEach((length, report) -> documents.put(length, Document.of(report, rows)));
        print(documents, resolution, rows, invocation.console());
        return 0;
    }

    private static void print(Map<Integer, Document> documents, Resolution resolution, int rows, Console console) {
        if (console.json()) {
            console.resultAsJson(documents);
            return;
        }
        console.result(resolution.model().file() + " with " + LatencyComparison.describe(resolution.adapters()) + ", "
                + Numbers.plural(resolution.bindings().size(), "target") + ", batches of " + rows + "\n");
        documents.forEach((length, document) -> {
            console.result(
                    BenchCommand.table(length, "merged", document.report()).toText(console.tableWidth()));
            console.result("throughput with " + Numbers.plural(rows, "adapter") + " / with one: "
                    + Numbers.ratio(document.differentPerOne()) + "; time against merged: "
                    + Numbers.ratio(document.differentPerMerged()) + "; against " + rows
                    + " single runs with switched adapters: " + Numbers.ratio(document.differentPerSingleRuns())
                    + "\n");
        });
    }

    /**
     * The JSON document of one length; ratios of minima.
     *
     * @param differentPerOne rows per second with an adapter per row, over those with one adapter
     * @param differentPerMerged the time of a batch with an adapter per row, over that with one adapter merged
     * @param differentPerSingleRuns the same, over that of all rows one by one in style input
     */
    record Document(
            LatencyReport report, double differentPerOne, double differentPerMerged, double differentPerSingleRuns) {
        static Document of(LatencyReport report, int rows) {
            double different = report.row(BatchedComparison.DIFFERENT).minimum();
            return new Document(
                    report,
                    report.row(BatchedComparison.ONE).minimum() / different,
                    different / report.row(BatchedComparison.MERGED).minimum(),
                    different / (rows * report.row(BatchedComparison.SINGLE).minimum()));
        }
    }
}
