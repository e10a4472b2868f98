package dev.graft.training.step;

import dev.graft.tensor.Shape;
import java.util.List;

/**
 * Where each trainable tensor lies in the flat vector of trainable values.
 *
 * @param entries one behind the other, without gaps
 */
public record TrainableLayout(List<Entry> entries) {
    /** What an optimiser may treat differently. */
    public enum Group {
        /** A of a low-rank pair. */
        LORA_A,
        /** B of a low-rank pair, which LoRA+ gives a higher learning rate. */
        LORA_B,
        /** Either factor of an embedding's pair. */
        LORA_EMBEDDING,
        /** A whole weight of two or more dimensions. */
        WEIGHT,
        /** A bias, a norm's weight, a magnitude: one dimension, no weight decay. */
        VECTOR
    }

    /**
     * A trainable tensor.
     *
     * @param name as PEFT's file has it without the prefix, such as {@code model.layers.0.self_attn.q_proj.lora_A.weight}
     * @param shape as PEFT's file has it: A is [rank, in], B is [out, rank]
     * @param offset its first element in the flat vector, which holds it in the graph's own orientation
     * @param transposed whether the graph's orientation is the transpose of the file's
     * @param group what it is
     */
    public record Entry(String name, Shape shape, long offset, boolean transposed, Group group) {}

    public TrainableLayout {
        entries = List.copyOf(entries);
    }

    /** The length of the flat vector. */
    public long size() {
        return entries.stream().mapToLong(entry -> entry.shape().elements()).sum();
    }
}
