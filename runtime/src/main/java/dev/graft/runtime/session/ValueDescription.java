package dev.graft.runtime.session;

import dev.graft.tensor.DType;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of one of its inputs or outputs.
 *
 * @param name its name
 * @param dtype its number format, or null where it is not a dense tensor (a sequence, map or optional)
 * @param dims its dimensions; empty for a scalar and also where the model does not give the rank, which ONNX Runtime does not tell
 *     apart
 */
public record ValueDescription(String name, @Nullable DType dtype, List<Dimension> dims) {
    public ValueDescription {
        dims = List.copyOf(dims);
    }

    /** Whether it is a dense tensor of numbers or booleans, which is what a {@link HostTensor} can hold. */
    public boolean isNumeric() {
        return dtype != null && dtype.isByteSized();
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.size();
    }

    /** As {@code input_ids: int64 [batch, sequence]}. */
    @Override
    public String toString() {
        String type = dtype == null ? "not a tensor" : dtype.displayName();
        return name + ": " + type + dims.stream().map(Object::toString).collect(Collectors.joining(", ", " [", "]"));
    }
}
