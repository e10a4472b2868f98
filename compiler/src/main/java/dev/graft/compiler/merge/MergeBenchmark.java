package dev.graft.compiler.merge;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Times a merge against a copy of the same files, in one run: copy and merge take turns, both end with an fsync, and the base has
 * just been read, so that it lies in the page cache if that is large enough.
 */
public final class MergeBenchmark {
    private static final int FEWEST_ROUNDS = 3;
    private static final int MOST_ROUNDS = 40;
    private static final double ROUNDS_FOR_BYTES = 4e9;

    private MergeBenchmark() {}

    /**
     * What was measured for one size.
     *
     * @param bytes the size of the model's files
     * @param copySeconds the fastest copy
     * @param mergeSeconds the fastest merge, scan and resolution included
     * @param peakHeapBytes the largest heap in use since the run began
     */
    public record Result(long bytes, double copySeconds, double mergeSeconds, long peakHeapBytes) {
        /** Merge time in copy times. */
        public double ratio() {
            return mergeSeconds / copySeconds;
        }
    }

    /**
     * Measures models of about these sizes, float32, with an adapter of rank 16 on all linear layers.
     *
     * @param sizes in bytes
     * @param folder where three times the largest size is free; what the run makes there is removed again
     * @throws GraftException {@code IO_FAILED}
     */
    public static List<Result> run(List<Long> sizes, Path folder, int threads, Progress progress) {
        List<Result> results = new ArrayList<>();
        progress.begin("measuring merges", sizes.size());
        for (long size : sizes) {
            Path work = folder.resolve("graft-bench-merge-" + size);
            try {
                results.add(measure(work, size, threads, progress));
            } catch (IOException e) {
                throw failed(work, e);
            } finally {
                deleteTree(work);
            }
        }
        progress.end();
        return results;
    }

    private static Result measure(Path work, long size, int threads, Progress progress) throws IOException {
        SyntheticLlama.Written base = SyntheticLlama.write(work.resolve("base"), size, DType.FLOAT32);
        int rounds = (int) Math.max(FEWEST_ROUNDS, Math.min(MOST_ROUNDS, ROUNDS_FOR_BYTES / size));
        double copy = Double.POSITIVE_INFINITY;
        double merge = Double.POSITIVE_INFINITY;
        for (int round = 0; round < rounds; round++) {
            copy = Math.min(copy, copy(work.resolve("base"), work.resolve("copy")));
            merge = Math.min(merge, merge(base, work.resolve("merged/model.onnx"), threads));
        }
        progress.advance(1);
        return new Result(base.bytes(), copy, merge, peakHeap());
    }

    private static double copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        List<Path> files;
        try (Stream<Path> entries = Files.list(from)) {
            files = entries.filter(Files::isRegularFile).toList();
        }
        long start = System.nanoTime();
        for (Path file : files) {
            try (FileChannel in = FileChannel.open(file);
                    FileChannel out = FileChannel.open(
                            to.resolve(file.getFileName()), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (long at = 0; at < in.size(); ) {
                    at += in.transferTo(at, in.size() - at, out);
                }
                out.force(true);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        deleteTree(to);
        return seconds;
    }

    private static double merge(SyntheticLlama.Written base, Path output, int threads) {
        long start = System.nanoTime();
        WeightedAdapter adapter = WeightedAdapter.of(AdapterFiles.readAdapter(base.adapter(), ReadOptions.DEFAULT));
        Resolution resolution =
                Resolver.resolve(ModelScanner.scan(base.model()), List.of(adapter), ResolveOptions.DEFAULT);
        Merger.merge(resolution, output, new MergeOptions(false, false, threads), Progress.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        deleteTree(output.resolveSibling(""));
        return seconds;
    }

    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }

    private static void deleteTree(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static GraftException failed(Path folder, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot work in the folder: " + IoReason.of(cause),
                Location.ofFile(folder),
                "Check free space and permissions.",
                cause);
    }
}
