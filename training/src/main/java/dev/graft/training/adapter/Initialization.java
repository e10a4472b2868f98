package dev.graft.training.adapter;

import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TorchRandom;
import dev.graft.training.step.TrainableLayout;
import dev.graft.training.step.TrainableLayout.Entry;
import dev.graft.training.step.TrainableLayout.Group;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The values that training begins with, as PEFT draws them: A uniform in ±1/√in (Kaiming's with a = √5) or normal, and B zero; of an embedding
 * always A zero and B normal.
 *
 * <p>They are PEFT's to the bit (what is normal but for the last bits, see {@link TorchRandom#normal}) where {@code torch.manual_seed(seed)} stands right
 * before {@code get_peft_model} and the graph has its modules in PyTorch's order, as exporters write it: a module draws A and B (and B's bias) when
 * PyTorch makes the layers, and what is not zero once more when PEFT resets it (peft/tuners/lora/layer.py, reset_lora_parameters).
 */
public final class Initialization {
    /** How A is drawn. */
    public enum Factors {
        /** Uniform in ±1/√in, PEFT's default. */
        KAIMING,
        /** Normal with a standard deviation of 1/rank, PEFT's {@code init_lora_weights="gaussian"}. */
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
        initialization.draw(layout, factors, new TorchRandom(seed));
        return initialization.values;
    }

    private void copy(double[] source, Entry entry) {
        for (int i = 0; i < source.length; i++) {
            values[Math.toIntExact(entry.offset()) + i] = (float) source[i];
        }
    }

    private void draw(TrainableLayout layout, Factors factors, TorchRandom random) {
        for (Entry entry : layout.entries()) {
            if (entry.group() == Group.LORA_A) {
                skip(random, entry.shape().elements() + elements(nameOfB(entry)) + elements(nameOfBias(entry)));
                fill(entry, factors == Factors.KAIMING ? uniform(entry, random) : normal(entry, random));
            } else if (entry.group() == Group.LORA_EMBEDDING && !isEmbeddingB(entry)) {
                Entry b = Objects.requireNonNull(entries.get(nameOfB(entry)), entry.name());
                random.normal(Math.toIntExact(entry.shape().elements()), 1);
                random.normal(Math.toIntExact(b.shape().elements()), 1);
                fill(b, random.normal(Math.toIntExact(b.shape().elements()), 1));
            }
        }
    }

    private static float[] uniform(Entry a, TorchRandom random) {
        float bound = bound(a);
        float[] drawn = new float[Math.toIntExact(a.shape().elements())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = random.uniform(-bound, bound);
        }
        return drawn;
    }

    private static float[] normal(Entry a, TorchRandom random) {
        return random.normal(
                Math.toIntExact(a.shape().elements()), 1.0 / a.shape().dim(0));
    }

    /** From the order of PEFT's file; the vector may hold the transpose of it. */
    private void fill(Entry entry, float[] drawn) {
        int rows = Math.toIntExact(entry.shape().dim(0));
        int columns = drawn.length / Math.max(1, rows);
        for (int i = 0; i < drawn.length; i++) {
            int place = entry.transposed() ? i % columns * rows + i / columns : i;
            values[Math.toIntExact(entry.offset() + place)] = drawn[i];
        }
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
