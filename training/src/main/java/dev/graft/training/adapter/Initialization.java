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
 * The values that training begins with, as PEFT draws them: A uniform in ±1/√in (Kaiming's with a = √5) and B zero; of an embedding A zero and
 * B normal.
 *
 * <p>They are PEFT's to the bit (an embedding's but for the last bits) where {@code torch.manual_seed(seed)} stands right before {@code get_peft_model}
 * and the graph has its modules in PyTorch's order, as exporters write it: a module draws A and B (and B's bias) when PyTorch makes the
 * layers, and what is not zero once more when PEFT resets it.
 */
public final class Initialization {
    /** How A is drawn. */
    public enum Factors {
        /** Uniform in ±1/√in, PEFT's default. */
        KAIMING,
        /** Normal with a standard deviation of 1/rank; not PyTorch's own numbers. */
        GAUSSIAN
    }

    private final Map<String, Entry> entries;
    private final float[] values;

    private Initialization(TrainableLayout layout) {
        entries = layout.entries().stream().collect(Collectors.toMap(Entry::name, entry -> entry));
        values = new float[Math.toIntExact(layout.size())];
    }

    /**
     * The first values of a layout.
     *
     * @param stored of whole weights what the base has, by the entry's name, in the graph's orientation
     */
    public static float[] of(TrainableLayout layout, Map<String, Tensor> stored, Factors factors, long seed) {
        Initialization initialization = new Initialization(layout);
        for (Entry entry : layout.entries()) {
            Tensor whole = stored.get(entry.name());
            if (whole != null) {
                initialization.copy(whole.inFormat(DType.FLOAT32).toDoubles(), entry);
            }
        }
        if (factors == Factors.KAIMING) {
            initialization.drawAsPeft(layout, new TorchRandom(seed));
        } else {
            initialization.drawNormal(layout, new SplittableRandom(seed));
        }
        return initialization.values;
    }

    private void copy(double[] source, Entry entry) {
        for (int i = 0; i < source.length; i++) {
            values[Math.toIntExact(entry.offset()) + i] = (float) source[i];
        }
    }

    private void drawAsPeft(TrainableLayout layout, TorchRandom random) {
        for (Entry entry : layout.entries()) {
            if (entry.group() == Group.LORA_A) {
                skip(random, entry.shape().elements() + elements(nameOfB(entry)) + elements(nameOfBias(entry)));
                float bound = bound(entry);
                fill(entry, () -> random.uniform(-bound, bound));
            } else if (entry.group() == Group.LORA_EMBEDDING && !isEmbeddingB(entry)) {
                Entry b = Objects.requireNonNull(entries.get(nameOfB(entry)), entry.name());
                int count = Math.toIntExact(b.shape().elements());
                random.normal(Math.toIntExact(entry.shape().elements()));
                random.normal(count);
                float[] drawn = random.normal(count);
                int[] next = {0};
                fill(b, () -> drawn[next[0]++]);
            }
        }
    }

    private void drawNormal(TrainableLayout layout, SplittableRandom random) {
        for (Entry entry : layout.entries()) {
            if (entry.group() == Group.LORA_A || isEmbeddingB(entry)) {
                double deviation = isEmbeddingB(entry) ? 1 : 1.0 / entry.shape().dim(0);
                for (int i = 0; i < entry.shape().elements(); i++) {
                    values[Math.toIntExact(entry.offset()) + i] = (float) (random.nextGaussian() * deviation);
                }
            }
        }
    }

    /** Fills in the order of PEFT's file; the vector may hold the transpose of it. */
    private void fill(Entry entry, FloatSource source) {
        long rows = entry.shape().dim(0);
        long columns = entry.shape().elements() / Math.max(1, rows);
        for (long row = 0; row < rows; row++) {
            for (long column = 0; column < columns; column++) {
                long place = entry.transposed() ? column * rows + row : row * columns + column;
                values[Math.toIntExact(entry.offset() + place)] = source.next();
            }
        }
    }

    private interface FloatSource {
        float next();
    }

    private static String nameOfB(Entry a) {
        return a.name().replace(".lora_A.", ".lora_B.").replace(".lora_embedding_A", ".lora_embedding_B");
    }

    private static String nameOfBias(Entry a) {
        return a.name().replace(".lora_A.weight", ".lora_B.bias");
    }

    private long elements(String name) {
        Entry entry = entries.get(name);
        return entry == null ? 0 : entry.shape().elements();
    }

    private static boolean isEmbeddingB(Entry entry) {
        return entry.group() == Group.LORA_EMBEDDING && entry.name().endsWith("B");
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
}
