package dev.graft.training.step;

import dev.graft.runtime.session.HostTensor;
import java.util.Map;
import java.util.Optional;

/**
 * One micro-batch, ready to be fed.
 *
 * @param inputs by name. Text has {@code input_ids} and {@code attention_mask} [batch, length] int64, and {@code position_ids} where the
 *     rows are packed; what a graph does not take is left out, and what it takes besides is derived. Other data has the graph's own names
 * @param labels what the loss head compares with: int64 [batch, length] for a causal language model, where element t is the token that
 *     follows position t or {@link #IGNORED}; int64 [batch] for classes; float32 [batch, ...] for regression; empty where the graph itself gives the loss
 * @param counted how many labels are not ignored, which the summed loss is divided by
 * @param tokens how many tokens (or rows, for data that is no text) the batch holds, padding not counted
 */
public record Batch(Map<String, HostTensor> inputs, Optional<HostTensor> labels, long counted, long tokens) {
    /** The label of a position that takes no part in the loss. */
    public static final long IGNORED = -100;

    public Batch {
        inputs = Map.copyOf(inputs);
    }
}
