package dev.graft.cli.commands;

import dev.graft.cli.command.Console;
import dev.graft.cli.command.Invocation;
import dev.graft.cli.text.Numbers;
import dev.graft.cli.text.Table;
import dev.graft.compiler.merge.MergeBenchmark;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code graft bench merge}. */
final class MergeBench {
    private static final double BYTES_IN_GIGABYTE = 1e9;
    /** Base, output and copy, and something to spare. */
    private static final double SPACE = 3.2;

    private MergeBench() {}

    static int run(Invocation invocation, List<Double> sizes) {
        Path folder = invocation.pathOption("folder").orElse(Path.of(""));
        double largest = sizes.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        requireSpace(folder.toAbsolutePath(), (long) (largest * BYTES_IN_GIGABYTE * SPACE));
        int threads = invocation.intOption("threads", Runtime.getRuntime().availableProcessors(), 1, 1024);
        List<MergeBenchmark.Result> rows = MergeBenchmark.run(
                sizes.stream().map(size -> (long) (size * BYTES_IN_GIGABYTE)).toList(),
                folder.toAbsolutePath(),
                threads,
                invocation.console().progress());
        print(rows, invocation.console());
        return 0;
    }

    private static void print(List<MergeBenchmark.Result> rows, Console console) {
        long limit = Runtime.getRuntime().maxMemory();
        if (console.json()) {
            console.resultAsJson(
                    rows.stream().map(row -> Document.of(row, limit)).toList());
            return;
        }
        Table table = Table.of("model", "copy", "merge", "merge / copy", "peak heap", "heap limit")
                .right(0, 1, 2, 3, 4, 5);
        for (MergeBenchmark.Result row : rows) {
            table.row(
                    Numbers.bytes(row.bytes()),
                    Numbers.seconds(row.copySeconds()),
                    Numbers.seconds(row.mergeSeconds()),
                    Numbers.ratio(row.ratio()),
                    Numbers.bytes(row.peakHeapBytes()),
                    Numbers.bytes(limit));
        }
        console.result(table.toText(console.tableWidth()));
    }

    /** The JSON document's rows. */
    record Document(
            long bytes,
            double copySeconds,
            double mergeSeconds,
            double ratio,
            long peakHeapBytes,
            long heapLimitBytes) {
        static Document of(MergeBenchmark.Result row, long limit) {
            return new Document(
                    row.bytes(), row.copySeconds(), row.mergeSeconds(), row.ratio(), row.peakHeapBytes(), limit);
        }
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
