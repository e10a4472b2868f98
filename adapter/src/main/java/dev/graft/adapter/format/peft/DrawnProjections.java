package dev.graft.adapter.format.peft;

import dev.graft.adapter.Projections;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TorchRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * VeRA's projections as PEFT draws them (0.21, {@code VeraModel._init_vera_A_vera_B}): Kaiming-uniform from one generator, A [rank,
 * widest inputs] before B [most outputs, rank], each in the order of its rows; the bound is √3·√2/√(columns), in double, then float32.
 *
 * <p>Bound and offset are applied with one rounding, as in PyTorch's builds for AVX2 and AVX-512; its plain build rounds twice, so that
 * some of the numbers that it draws differ in the last bit.
 *
 * <p>Drawn when they are first asked for, and kept for the model that asked last.
 */
final class DrawnProjections implements Projections {
    /** Half a gigabyte for both; rank 1024 on a model of 405 billion parameters takes a little less. */
    private static final long MOST_ELEMENTS = 1L << 27;

    private final PeftFolder folder;
    private final long seed;
    private final long rank;
    private final long outputs;
    private @Nullable Drawn latest;

    private record Drawn(long inputs, Tensor a, Tensor b) {}

    DrawnProjections(PeftFolder folder, long seed, long rank, long outputs) {
        this.folder = folder;
        this.seed = seed;
        this.rank = rank;
        this.outputs = outputs;
    }

    @Override
    public long mostInputs() {
        return Long.MAX_VALUE;
    }

    @Override
    public Tensor a(long widestInputs) {
        return drawn(widestInputs).a();
    }

    @Override
    public Tensor b(long widestInputs) {
        return drawn(widestInputs).b();
    }

    private synchronized Drawn drawn(long inputs) {
        Drawn drawn = latest;
        if (drawn == null || drawn.inputs() != inputs) {
            requirePossible(inputs);
            TorchRandom random = new TorchRandom(seed);
            Tensor a = matrix("vera_A", random, rank, inputs);
            drawn = new Drawn(inputs, a, matrix("vera_B", random, outputs, rank));
            latest = drawn;
        }
        return drawn;
    }

    private void requirePossible(long inputs) {
        // rank fits into an int, and so that no product overflows, the sum is held against the quotient
        if (inputs > MOST_ELEMENTS || outputs > MOST_ELEMENTS || inputs + outputs > MOST_ELEMENTS / rank) {
            throw folder.unsupported(
                    "projections of rank " + rank + " for " + inputs + " inputs and " + outputs
                            + " outputs are too large to be drawn again (more than " + MOST_ELEMENTS + " numbers)",
                    "Save the adapter with save_projection=true, so that they are in the file.");
        }
    }

    private static Tensor matrix(String name, TorchRandom random, long rows, long columns) {
        int elements = Math.toIntExact(rows * columns);
        double bound = Math.sqrt(3) * (Math.sqrt(2) / Math.sqrt((double) columns));
        ByteBuffer values = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            values.putFloat(random.uniform((float) -bound, (float) bound));
        }
        return new Tensor(name, DType.FLOAT32, Shape.of(rows, columns), ByteSource.ofArray(values.array()));
    }
}
