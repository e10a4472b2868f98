package dev.graft.compiler.merge;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorStorage;
import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;

/**
 * Times the kernel alone, and a merge against a copy; a program, not a test.
 *
 * <p>Arguments: a folder to work in, the model's size in MB, the number of threads, the number of rounds.
 */
final class MergeKernelTiming {
    private MergeKernelTiming() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        long bytes = Long.parseLong(arguments[1]) << 20;
        int threads = Integer.parseInt(arguments[2]);
        kernel(16, 512);
        unit(16, 1152, 3072);
        SyntheticLlama.Written files = SyntheticLlama.write(folder.resolve("base"), bytes, DType.FLOAT32);
        for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
            double copy = copy(files.model().getParent(), folder.resolve("copy"));
            long before = processorTime();
            double merge = merge(files, folder.resolve("merged"), threads);
            System.out.printf(
                    "%.2f GB: copy %.2f s, merge %.2f s (%.2f s of processors), ratio %.2f%n",
                    files.bytes() / 1e9, copy, merge, (processorTime() - before) / 1e9, merge / copy);
        }
    }

    private static long processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void kernel(int rank, int columns) {
        double[][] right = new double[rank][columns];
        double[] left = new Random(1).doubles(rank).toArray();
        for (double[] row : right) {
            java.util.Arrays.setAll(row, i -> 1.0 / (i + 1));
        }
        double[] sum = new double[columns];
        for (int round = 0; round < 5; round++) {
            int repeats = 200_000;
            long start = System.nanoTime();
            for (int i = 0; i < repeats; i++) {
                SumKernel.product(left, 0, right, sum, columns);
            }
            double flops = 2.0 * rank * columns * repeats;
            System.out.printf("kernel: %.1f GFLOP/s (%f)%n", flops / (System.nanoTime() - start), sum[3]);
        }
    }

    /** The whole computation of a unit, without files. */
    private static void unit(int rank, int rows, int columns) {
        Tensor left = random("B", rows, rank);
        Tensor right = random("A", rank, columns);
        TensorIndex tensor = new TensorIndex(
                "W",
                DType.FLOAT32,
                Shape.of(rows, columns),
                new TensorStorage.Encoded("none"),
                new ByteRegion(Path.of("none"), 0, 0));
        LowRankTerm term = new LowRankTerm(
                MatrixSource.of(left, rows, rank), MatrixSource.of(right, rank, columns), 2.0, null, true);
        BlockEdit block =
                new BlockEdit("m", WeightView.whole(tensor, Orientation.OUT_IN), null, List.of(term), List.of());
        TensorEdit edit = new TensorEdit(tensor, List.of(block));
        ByteBuffer buffer = ByteBuffer.allocateDirect(Unit.LARGEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        random("W", 1, Unit.LARGEST_BYTES / 4).bytes().read(0, buffer.duplicate());
        try (OpenFiles files = new OpenFiles()) {
            UnitComputer computer = new UnitComputer(files, new IdentityHashMap<>());
            for (int round = 0; round < Integer.getInteger("rounds", 8); round++) {
                long start = System.nanoTime();
                for (int repeat = 0; repeat < 10; repeat++) {
                    Unit.unitsOf(edit).forEach(unit -> computer.compute(unit, buffer.clear()));
                }
                double elements = 10.0 * rows * columns;
                System.out.printf("unit: %.2f ns per element%n", (System.nanoTime() - start) / elements);
            }
        }
    }

    private static Tensor random(String name, int rows, int columns) {
        Random random = new Random(3);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.ofFloats(name, Shape.of(rows, columns), values);
    }

    private static double copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        long start = System.nanoTime();
        for (String name : new String[] {"model.onnx", "model.onnx.data"}) {
            try (FileChannel in = FileChannel.open(from.resolve(name));
                    FileChannel out =
                            FileChannel.open(to.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (long at = 0; at < in.size(); ) {
                    at += in.transferTo(at, in.size() - at, out);
                }
                out.force(true);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Files.delete(to.resolve("model.onnx"));
        Files.delete(to.resolve("model.onnx.data"));
        return seconds;
    }

    private static double merge(SyntheticLlama.Written files, Path to, int threads) throws IOException {
        Path output = to.resolve("model.onnx");
        long start = System.nanoTime();
        Resolution resolution = Bindings.byNodeName(
                ModelScanner.scan(files.model()),
                WeightedAdapter.of(AdapterFiles.readAdapter(files.adapter(), ReadOptions.DEFAULT)));
        MergeReport report = Merger.merge(resolution, output, new MergeOptions(false, false, threads), Progress.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        for (Path file : report.files()) {
            Files.delete(file);
        }
        return seconds;
    }
}
