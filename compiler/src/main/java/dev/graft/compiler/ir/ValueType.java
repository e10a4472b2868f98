package dev.graft.compiler.ir;

import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The type of a tensor value.
 *
 * @param dtype the number format
 * @param dims the dimensions, empty where the rank is unknown
 */
public record ValueType(DType dtype, Optional<List<Dim>> dims) {
    public ValueType {
        dims = dims.map(List::copyOf);
    }

    /** A type of known dimensions. */
    public static ValueType of(DType dtype, Dim... dims) {
        return new ValueType(dtype, Optional.of(Arrays.asList(dims)));
    }

    /** The same dimensions in another number format. */
    public ValueType withDtype(DType other) {
        return new ValueType(other, dims);
    }

    /** The number of dimensions, or -1 where it is unknown. */
    public int rank() {
        return dims.map(List::size).orElse(-1);
    }

    /** Dimension {@code axis} if rank and length are known; a negative axis counts from the end. */
    public OptionalLong dim(int axis) {
        int index = axis < 0 ? rank() + axis : axis;
        return index >= 0 && index < rank() && dims.orElseThrow().get(index) instanceof Dim.Fixed fixed
                ? OptionalLong.of(fixed.length())
                : OptionalLong.empty();
    }
}
