package dev.graft.batched;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.LayerKind;
import dev.graft.adapter.LowRankChange;
import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.attach.Slot;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Adapters of random numbers for given modules, the same ones for the same seed. */
final class RandomAdapters {
    private static final int[] RANKS = {4, 1, 8, 3, 2, 7, 16, 5};

    private RandomAdapters() {}

    /** As many adapters as are wanted, of ranks 1 to 16 in turn. */
    static List<Adapter> ofVariedRanks(List<Slot> slots, int count) {
        List<Adapter> adapters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            adapters.add(of(slots, RANKS[i % RANKS.length], i + 1));
        }
        return adapters;
    }

    /** An adapter whose effect is of the size of a trained one's. */
    static Adapter of(List<Slot> slots, int rank, long seed) {
        Random random = new Random(seed);
        List<ModuleChange> changes = new ArrayList<>();
        for (Slot slot : slots) {
            long in = slot.view().inputs();
            long out = slot.view().outputs();
            changes.add(new LowRankChange(
                    slot.module(),
                    LayerKind.LINEAR,
                    gaussian(random, Shape.of(rank, in), 1 / Math.sqrt((double) in)),
                    gaussian(random, Shape.of(out, rank), 0.1),
                    2,
                    null,
                    null));
        }
        return new Adapter(Path.of("random-" + seed), "test", "LoRA", changes, Map.of(), List.of());
    }

    private static Tensor gaussian(Random random, Shape shape, double size) {
        double[] values = new double[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = size * random.nextGaussian();
        }
        return Tensor.ofDoubles("random", DType.FLOAT32, shape, values);
    }
}
