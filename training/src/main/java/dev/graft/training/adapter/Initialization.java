package dev.graft.training.adapter;

import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TorchRandom;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * The values that training begins with, as PEFT draws them: A uniform in ±1/√in (Kaiming's with a = √5), B zero.
 *
 * <p>They are PEFT's to the bit where {@code torch.manual_seed(seed)} stands right before {@code get_peft_model} and the graph has its modules in
 * PyTorch's order, as exporters write it: a module draws A and B (and B's bias) when PyTorch makes the layers, and A once more when PEFT resets it.
 */
public final class Initialization {
    /** How A is drawn. */
    public enum Factors {
        /** Uniform in ±1/√in, PEFT's default. */
        KAIMING,
        /** Normal with a standard deviation of 1/rank; not PyTorch's own numbers. */
        GAUSSIAN
    }

    private Initialization() {}

    /**
     * The first values of a layout.
     *
     * @param stored of whole weights what the base has, by the entry's name, in the graph's orientation
     */
    public static float[] of(TrainableLayout layout, Map<String, Tensor> stored, Factors factors, long seed) {
        float[] values = new float[Math.toIntExact(layout.size())];
        Map<String, Entry> entries = layout.entries().stream().collect(Collectors.toMap(Entry::name, entry -> entry));
        TorchRandom uniform = new TorchRandom(seed);
        SplittableRandom normal = new SplittableRandom(seed);
        for (Entry entry : layout.entries()) {
            int first = Math.toIntExact(entry.offset());
            Tensor whole = stored.get(entry.name());
            if (whole != null) {
                copy(whole.inFormat(DType.FLOAT32).toDoubles(), values, first);
            } else if (entry.group() == Group.LORA_A && factors == Factors.KAIMING) {
                drawUniform(entry, drawnBefore(entries, entry), uniform, values);
            } else if (entry.group() == Group.LORA_A || isNormal(entry)) {
                double deviation = isNormal(entry) ? 1 : 1.0 / entry.shape().dim(0);
                for (int i = 0; i < entry.shape().elements(); i++) {
                    values[first + i] = (float) (normal.nextGaussian() * deviation);
                }
            }
        }
        return values;
    }

    /** How many numbers PyTorch draws for A, B and its bias, when it makes the layers, that PEFT then puts others in the place of. */
    private static long drawnBefore(Map<String, Entry> entries, Entry a) {
        String name = a.name().replace(".lora_A.", ".lora_B.");
        Entry b = Objects.requireNonNull(entries.get(name), name);
        Entry bias = entries.get(name.replace(".lora_B.weight", ".lora_B.bias"));
        return a.shape().elements()
                + b.shape().elements()
                + (bias == null ? 0 : bias.shape().elements());
    }

    private static void drawUniform(Entry a, long before, TorchRandom random, float[] values) {
        float bound = bound(a);
        skip(random, before);
        long rows = a.shape().dim(0);
        int columns = Math.toIntExact(a.shape().elements() / Math.max(1, rows));
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                // the vector may hold the transpose of what PEFT's file has
                long place = a.transposed() ? column * rows + row : (long) row * columns + column;
                values[Math.toIntExact(a.offset() + place)] = random.uniform(-bound, bound);
            }
        }
    }

    /** {@code √3 · gain / √in} with {@code gain = √(2 / (1 + 5))}, in PyTorch's order of operations. */
    private static float bound(Entry a) {
        double in = (double) a.shape().elements() / Math.max(1, a.shape().dim(0));
        double root = Math.sqrt(5);
        double gain = Math.sqrt(2.0 / (1 + root * root));
        return (float) (Math.sqrt(3.0) * (gain / Math.sqrt(in)));
    }

    private static void skip(TorchRandom random, long count) {
        for (long i = 0; i < count; i++) {
            random.nextInt();
        }
    }

    private static boolean isNormal(Entry entry) {
        return entry.group() == Group.LORA_EMBEDDING && entry.name().endsWith("B");
    }

    private static void copy(double[] source, float[] target, int first) {
        for (int i = 0; i < source.length; i++) {
            target[first + i] = (float) source[i];
        }
    }
}
