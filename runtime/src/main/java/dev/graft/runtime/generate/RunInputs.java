package dev.graft.runtime.generate;

import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToIntFunction;

/**
 * What the inputs of one run are, besides its cache: all of it follows from the texts.
 *
 * @param texts the texts
 * @param rowAxis along which dimension of an input the texts lie; negative where all share its value, which is then that of the longest
 */
record RunInputs(RunTexts texts, ToIntFunction<ValueDescription> rowAxis) {
    /** The name of the input that asks for the logits of so many tokens only. */
    static final String KEPT_LOGITS = "num_logits_to_keep";

    /** What is added to scores that do not count: far below any score, and a number in the type. */
    private static final double HIDDEN = -1e9;

    private static final double HIDDEN_IN_HALF = -6e4;

    /** One number of an input, by the text and the place along the last dimension. */
    private interface Numbers {
        long at(int row, int place);
    }

    /** The value of an input; the tokens themselves where it is theirs. */
    HostTensor value(ValueDescription input, ValueDescription tokens) {
        int current = texts.current();
        if (input.name().equals(tokens.name())) {
            return filled(input, current, (row, place) -> texts.ids()[row][place]);
        }
        if (input.name().equals(KEPT_LOGITS)) {
            return filled(input, 1, (row, place) -> 1);
        }
        return switch (InputRole.of(input)) {
            case ATTENTION_MASK, ADDITIVE_MASK ->
                input.rank() > 2
                        ? causal(input)
                        : filled(input, texts.total(), (row, place) -> texts.isOwn(row, place) ? 1 : 0);
            case POSITION_IDS -> filled(input, current, (row, place) -> texts.past()[row] + place);
            case TOKEN_TYPE_IDS -> filled(input, current, (row, place) -> 0);
            case CACHE_FLAG -> filled(input, 1, (row, place) -> texts.longestPast() > 0 ? 1 : 0);
            case TOTAL_LENGTH -> filled(input, 1, (row, place) -> texts.total(row));
            case TOTAL_LENGTH_LESS_ONE -> filled(input, 1, (row, place) -> texts.total(row) - 1L);
            case PAST_LENGTH -> filled(input, 1, (row, place) -> texts.past()[row]);
            default -> throw new IllegalStateException("not derived: " + input);
        };
    }

    /** The last dimension has a length, that of the texts their number; others are as the model says, or 1. */
    private HostTensor filled(ValueDescription input, int length, Numbers numbers) {
        int rows = rowAxis.applyAsInt(input);
        long[] dims = new long[input.rank()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = input.dims().get(axis) instanceof Dimension.Fixed fixed ? fixed.length() : 1;
        }
        if (dims.length > 0) {
            dims[dims.length - 1] = length;
        }
        if (rows >= 0) {
            dims[rows] = texts.rows();
        }
        Shape shape = Shape.of(dims);
        long[] values = new long[Math.toIntExact(shape.elements())];
        int inner = Math.toIntExact(inner(dims, rows));
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.at(rows < 0 ? longest() : i / inner % texts.rows(), i % length);
        }
        return tensor(input, shape, values);
    }

    /** How many numbers lie between two texts. */
    private static long inner(long[] dims, int rows) {
        long inner = 1;
        for (int axis = Math.max(0, rows + 1); axis < dims.length; axis++) {
            inner *= dims[axis];
        }
        return inner;
    }

    private int longest() {
        int longest = 0;
        for (int row = 1; row < texts.rows(); row++) {
            longest = texts.past()[row] > texts.past()[longest] ? row : longest;
        }
        return longest;
    }

    /** A mask of [.., query, key], in which a token sees itself and those before: 1 and 0, or in floating point 0 and a very low number. */
    private HostTensor causal(ValueDescription input) {
        int rows = rowAxis.applyAsInt(input);
        long[] dims = new long[input.rank()];
        Arrays.fill(dims, 1);
        int current = texts.current();
        int total = texts.total();
        dims[dims.length - 2] = current;
        dims[dims.length - 1] = total;
        int count = rows < 0 ? 1 : texts.rows();
        if (rows >= 0) {
            dims[rows] = count;
        }
        DType dtype = Objects.requireNonNull(input.dtype());
        double hidden = !dtype.isFloat() ? 0 : dtype == DType.FLOAT16 ? HIDDEN_IN_HALF : HIDDEN;
        double[] values = new double[Math.multiplyExact(count, Math.multiplyExact(current, total))];
        for (int i = 0; i < values.length; i++) {
            int row = rows < 0 ? longest() : i / total / current;
            boolean seen = texts.isSeen(row, i / total % current, i % total);
            values[i] = seen ? (dtype.isFloat() ? 0 : 1) : hidden;
        }
        return dtype.isFloat()
                ? HostTensor.ofDoubles(dtype, Shape.of(dims), values)
                : HostTensor.ofIntegers(
                        dtype,
                        Shape.of(dims),
                        Arrays.stream(values).mapToLong(value -> (long) value).toArray());
    }

    private static HostTensor tensor(ValueDescription input, Shape shape, long[] values) {
        DType dtype = Objects.requireNonNull(input.dtype());
        return dtype.isFloat()
                ? HostTensor.ofDoubles(
                        dtype, shape, Arrays.stream(values).asDoubleStream().toArray())
                : HostTensor.ofIntegers(dtype, shape, values);
    }
}
