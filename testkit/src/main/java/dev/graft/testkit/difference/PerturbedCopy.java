package dev.graft.testkit.difference;

import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A copy of a model in which every weight is rounded once more: up or down to a neighbouring number.
 *
 * <p>What its outputs differ by from the model's is what rounding costs here: two right computations of the same model differ by as much. Running one
 * model in two ways does not show it, because ONNX Runtime often adds in the same order both times.
 */
public final class PerturbedCopy {
    private static final long SEED = 7;
    private static final int WINDOW_ELEMENTS = 1 << 14;

    /** Larger numbers are no weights: masks hold the lowest number there is, and would become infinite. */
    private static final double LARGEST_WEIGHT = 1000;

    private PerturbedCopy() {}

    /**
     * Writes the copy with its data files.
     *
     * @param folder an empty folder
     * @return the copied model
     * @throws IOException if it cannot be written
     */
    public static Path write(ModelIndex model, Path folder) throws IOException {
        Path copy = folder.resolve(model.file().getFileName().toString());
        Files.copy(model.file(), copy);
        for (Map.Entry<String, Path> data : model.dataFiles().entrySet()) {
            Path target = folder.resolve(data.getKey());
            Files.createDirectories(target.toAbsolutePath().getParent());
            Files.copy(data.getValue(), target);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        for (TensorIndex tensor : StoredTensors.of(model).values()) {
            if (tensor.dtype().isFloat()
                    && tensor.shape().rank() >= 2
                    && tensor.runs().size() == 1) {
                perturb(tensor.dtype(), inCopy(tensor.runs().get(0), model, folder), random);
            }
        }
        return copy;
    }

    private static ByteRegion inCopy(ByteRegion region, ModelIndex model, Path folder) {
        Path file = model.dataFiles().entrySet().stream()
                .filter(data -> data.getValue().equals(region.file()))
                .map(data -> folder.resolve(data.getKey()))
                .findFirst()
                .orElseGet(() -> folder.resolve(model.file().getFileName().toString()));
        return new ByteRegion(file, region.offset(), region.length());
    }

    private static void perturb(DType dtype, ByteRegion region, SplittableRandom random) throws IOException {
        int width = dtype.bits() / 8;
        double[] values = new double[WINDOW_ELEMENTS];
        try (FileChannel channel = FileChannel.open(region.file(), StandardOpenOption.WRITE)) {
            for (long at = 0; at < region.length(); at += (long) WINDOW_ELEMENTS * width) {
                int count = (int) Math.min(WINDOW_ELEMENTS, (region.length() - at) / width);
                ByteBuffer window = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
                region.bytes().read(at, window);
                FloatFormat.decode(dtype, window.flip(), values, 0, count);
                for (int i = 0; i < count; i++) {
                    values[i] = neighbour(values[i], dtype.unitRoundoff(), random.nextBoolean());
                }
                FloatFormat.encode(dtype, values, 0, count, window.clear());
                channel.write(window.flip(), region.offset() + at);
            }
        }
    }

    /** One and a half roundoffs away lies nearest to one neighbour or the next, whatever the mantissa. */
    private static double neighbour(double value, double roundoff, boolean up) {
        return Math.abs(value) <= LARGEST_WEIGHT ? value * (1 + (up ? 1.5 : -1.5) * roundoff) : value;
    }
}
