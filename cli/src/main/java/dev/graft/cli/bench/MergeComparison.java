package dev.graft.cli.bench;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.cli.io.TemporaryFolder;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.MergeReport;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Merging against copying the same files, in turn and in one run.
 *
 * <p>Both write through to the disk ({@code fsync}), because a merge does so before it publishes its output. The whole merge is
 * timed: reading the adapter, scanning, resolving, computing, writing.
 *
 * @param folder where the files go, in a folder of their own that is removed at the end
 * @param rounds how often each runs; the fastest counts
 * @param threads worker threads of the merge
 */
public record MergeComparison(Path folder, int rounds, int threads) {
    /**
     * What was measured.
     *
     * @param bytes the size of the model
     * @param targets how many weights changed
     * @param copySeconds the fastest copy
     * @param mergeSeconds the fastest merge
     * @param ratio merge over copy
     * @param peakHeapBytes the most heap that was in use during a merge, with what was not collected yet
     * @param largestHeapBytes the heap's limit
     */
    public record Row(
            long bytes,
            int targets,
            double copySeconds,
            double mergeSeconds,
            double ratio,
            long peakHeapBytes,
            long largestHeapBytes) {}

    /** Measures at one size of the model. */
    public Row measure(long bytes, Progress progress) {
        try (TemporaryFolder temporary = TemporaryFolder.createIn(folder)) {
            progress.begin("writing the model", 1);
            SyntheticLlama.Written model =
                    SyntheticLlama.write(temporary.path().resolve("base"), bytes, DType.FLOAT32);
            progress.end();
            Path output = temporary.path().resolve("out").resolve("model.onnx");
            return measure(model, output, progress);
        }
    }

    private Row measure(SyntheticLlama.Written model, Path output, Progress progress) {
        double copy = Double.POSITIVE_INFINITY;
        double merge = Double.POSITIVE_INFINITY;
        long heap = 0;
        int targets = 0;
        progress.begin("copying and merging in turn", rounds);
        for (int round = 0; round < rounds; round++) {
            copy = Math.min(copy, copySeconds(model.model().getParent(), output.resolveSibling("copy")));
            heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
            long start = System.nanoTime();
            MergeReport report = merge(model, output);
            merge = Math.min(merge, (System.nanoTime() - start) / 1e9);
            heap = Math.max(heap, peakHeap());
            targets = report.targets().size();
            report.files().forEach(MergeComparison::delete);
            progress.advance(1);
        }
        progress.end();
        return new Row(
                model.bytes(), targets, copy, merge, merge / copy, heap, Runtime.getRuntime().maxMemory());
    }

    private MergeReport merge(SyntheticLlama.Written model, Path output) {
        WeightedAdapter adapter = WeightedAdapter.of(AdapterFiles.readAdapter(model.adapter(), ReadOptions.DEFAULT));
        return Merger.merge(
                Resolver.resolve(ModelScanner.scan(model.model()), List.of(adapter), ResolveOptions.DEFAULT),
                output,
                new MergeOptions(false, false, threads),
                Progress.NONE);
    }

    private static double copySeconds(Path from, Path to) {
        try {
            Files.createDirectories(to);
            long start = System.nanoTime();
            for (String name : List.of("model.onnx.data", "model.onnx")) {
                Files.copy(from.resolve(name), to.resolve(name));
                try (FileChannel channel = FileChannel.open(to.resolve(name), StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            delete(to.resolve("model.onnx.data"));
            delete(to.resolve("model.onnx"));
            return seconds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long peakHeap() {
        return heapPools().stream()
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
