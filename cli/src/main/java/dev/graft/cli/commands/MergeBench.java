package dev.graft.cli.commands;

import dev.graft.cli.bench.MergeComparison;
import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code graft bench merge}. */
final class MergeBench {
    private static final int ROUNDS = 3;
    private static final double BYTES_IN_GIGABYTE = 1e9;
    /** Base, output and copy, and something to spare. */
    private static final double SPACE = 3.2;

    private MergeBench() {}

    static int run(Invocation invocation, List<Double> sizes) {
        Path folder = invocation.pathOption("folder").orElse(Path.of(""));
        double largest = sizes.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        requireSpace(folder.toAbsolutePath(), (long) (largest * BYTES_IN_GIGABYTE * SPACE));
        int threads = invocation.intOption("threads", Runtime.getRuntime().availableProcessors(), 1, 1024);
        MergeComparison comparison = new MergeComparison(folder.toAbsolutePath(), ROUNDS, threads);
        List<MergeComparison.Row> rows = new ArrayList<>();
        for (double size : sizes) {
            invocation.console().note("model of " + Numbers.significant(size) + " GB");
            rows.add(comparison.measure((long) (size * BYTES_IN_GIGABYTE), invocation.console().progress()));
        }
        print(rows, invocation.console());
        return 0;
    }

    private static void print(List<MergeComparison.Row> rows, Console console) {
        if (console.json()) {
            console.resultAsJson(rows);
            return;
        }
        Table table = Table.of("model", "targets", "copy", "merge", "merge / copy", "peak heap", "heap limit")
                .right(0, 1, 2, 3, 4, 5, 6);
        for (MergeComparison.Row row : rows) {
            table.row(
                    Numbers.bytes(row.bytes()),
                    Integer.toString(row.targets()),
                    Numbers.seconds(row.copySeconds()),
                    Numbers.seconds(row.mergeSeconds()),
                    Numbers.ratio(row.ratio()),
                    Numbers.bytes(row.peakHeapBytes()),
                    Numbers.bytes(row.largestHeapBytes()));
        }
        console.result(table.toText(console.tableWidth()));
    }

    private static void requireSpace(Path folder, long bytes) {
        try {
            long usable = Files.getFileStore(folder).getUsableSpace();
            if (usable < bytes) {
                throw new GraftException(
                        ErrorCode.IO_FAILED,
                        "the files take " + Numbers.bytes(bytes) + ", the disk has " + Numbers.bytes(usable) + " left",
                        Location.ofFile(folder),
                        "Measure smaller models with --sizes, or use another disk with --folder.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
