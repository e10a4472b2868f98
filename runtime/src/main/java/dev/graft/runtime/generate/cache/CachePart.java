package dev.graft.runtime.generate.cache;

import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.NativeTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One tensor of a cache: the keys, or the values, or both, or another state, of one layer.
 *
 * @param input the input that takes it
 * @param output the output that continues it
 * @param shape its dimensions for one text, with 0 for the tokens
 * @param timeAxis which dimension counts tokens; -1 for a state that is as large for every text
 */
public record CachePart(ValueDescription input, String output, List<Long> shape, int timeAxis) {
    public CachePart {
        shape = List.copyOf(shape);
    }

    /** Along which dimension several texts lie. */
    public int rowAxis() {
        return rowAxis(input);
    }

    /** Both keys and values in one tensor lie in front of the rows. */
    static int rowAxis(ValueDescription input) {
        return input.rank() == 5 && input.dims().get(0) instanceof Dimension.Fixed ? 1 : 0;
    }

    /** Its dimensions for so many tokens. */
    long[] dims(int tokens) {
        return dims(1, tokens);
    }

    /** Its dimensions for so many tokens of each of several texts. */
    long[] dims(int rows, int tokens) {
        long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
        dims[rowAxis()] = rows;
        if (timeAxis >= 0) {
            dims[timeAxis] = tokens;
        }
        return dims;
    }

    /** The number format. */
    DType dtype() {
        return Objects.requireNonNull(input.dtype());
    }

    /** What to feed before the first token. */
    static Map<String, NativeTensor> empty(List<CachePart> parts) {
        return ofLength(parts, 0);
    }

    /** Zeros for so many tokens, by input. */
    static Map<String, NativeTensor> ofLength(List<CachePart> parts, int tokens) {
        Map<String, NativeTensor> tensors = new LinkedHashMap<>();
        for (CachePart part : parts) {
            tensors.put(part.input().name(), NativeTensor.allocate(part.dtype(), Shape.of(part.dims(tokens))));
        }
        return tensors;
    }

    /** As {@code past.0.key -> present.0.key [1, 4, tokens, 16]}. */
    @Override
    public String toString() {
        String[] dims = shape.stream().map(Object::toString).toArray(String[]::new);
        if (timeAxis >= 0) {
            dims[timeAxis] = "tokens";
        }
        return input.name() + " -> " + output + " " + Arrays.toString(dims);
    }
}
