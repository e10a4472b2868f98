package dev.graft.training.adapter;

import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The values that training begins with, as PEFT draws them: A uniform in ±1/√in (Kaiming's with a = √5), B zero; of an embedding A zero
 * and B normal. The numbers are those of Java's generator, which are the same everywhere, not those of PyTorch's.
 */
public final class Initialization {
    private Initialization() {}

    /**
     * The first values of a layout.
     *
     * @param stored of whole weights what the base has, by the entry's name, in the graph's orientation
     */
    public static float[] of(TrainableLayout layout, Map<String, Tensor> stored, long seed) {
        float[] values = new float[Math.toIntExact(layout.size())];
        SplittableRandom random = new SplittableRandom(seed);
        for (Entry entry : layout.entries()) {
            // a generator for each tensor: another target more or less leaves the others as they are
            SplittableRandom own = random.split();
            int first = Math.toIntExact(entry.offset());
            int count = Math.toIntExact(entry.shape().elements());
            Tensor whole = stored.get(entry.name());
            if (whole != null) {
                copy(whole.inFormat(DType.FLOAT32).toDoubles(), values, first);
                continue;
            }
            for (int i = first; i < first + count; i++) {
                values[i] = value(entry, own);
            }
        }
        return values;
    }

    private static void copy(double[] source, float[] target, int first) {
        for (int i = 0; i < source.length; i++) {
            target[first + i] = (float) source[i];
        }
    }

    private static float value(Entry entry, SplittableRandom random) {
        if (entry.group() == Group.LORA_A) {
            double bound = 1 / Math.sqrt(fanIn(entry));
            return (float) ((2 * random.nextDouble() - 1) * bound);
        }
        boolean normal = entry.group() == Group.LORA_EMBEDDING && entry.name().endsWith("B");
        return normal ? (float) random.nextGaussian() : 0;
    }

    private static double fanIn(Entry entry) {
        return (double) entry.shape().elements() / Math.max(1, entry.shape().dim(0));
    }
}
