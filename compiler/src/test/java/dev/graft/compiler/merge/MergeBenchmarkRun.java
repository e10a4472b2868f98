package dev.graft.compiler.merge;

import dev.graft.io.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** Runs the benchmark without the command line; a program, not a test. Arguments: a folder, then sizes in bytes. */
final class MergeBenchmarkRun {
    private MergeBenchmarkRun() {}

    public static void main(String[] arguments) {
        List<Long> sizes = LongStream.range(1, arguments.length)
                .mapToObj(i -> Long.parseLong(arguments[(int) i]))
                .toList();
        for (long size : sizes) {
            MergeBenchmark.Result result = MergeBenchmark.run(List.of(size), Path.of(arguments[0]), 2, Progress.NONE)
                    .get(0);
            System.out.printf(
                    "%.2f GB: copy %.2f s, merge %.2f s, ratio %.2f, peak heap %d MB%n",
                    result.bytes() / 1e9,
                    result.copySeconds(),
                    result.mergeSeconds(),
                    result.ratio(),
                    result.peakHeapBytes() >> 20);
        }
    }
}
