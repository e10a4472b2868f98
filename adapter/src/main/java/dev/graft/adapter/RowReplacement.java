package dev.graft.adapter;

import dev.graft.tensor.Tensor;
import java.util.List;

/**
 * Rows of an embedding that take the place of the base's (trainable tokens): the stored values are absolute.
 *
 * @param module the embedding's path
 * @param rows the row numbers, each once, in the order of {@code values}
 * @param values [rows, width]
 */
public record RowReplacement(String module, List<Long> rows, Tensor values) implements ModuleChange {
    public RowReplacement {
        rows = List.copyOf(rows);
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(values);
    }
}
