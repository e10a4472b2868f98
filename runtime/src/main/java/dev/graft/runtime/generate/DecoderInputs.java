package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a decoder is fed besides its cache: tokens, and all that follows from how many there are and how many were before.
 *
 * @param inputs the model's inputs without the cache
 * @param tokens the one that takes the tokens
 */
record DecoderInputs(List<ValueDescription> inputs, ValueDescription tokens) {
    /** What is added to scores that do not count: far below any score, and a number in the type. */
    private static final double HIDDEN = -1e9;

    private static final double HIDDEN_IN_HALF = -6e4;
    private static final String KEPT_LOGITS = "num_logits_to_keep";

    /**
     * The inputs of a model.
     *
     * @param cache the names of those that take the cache
     * @throws GraftException {@code ONNX_UNSUPPORTED} where a text does not tell what to feed
     */
    static DecoderInputs of(ModelSession session, ValueDescription tokens, Set<String> cache) {
        List<ValueDescription> inputs = session.inputs().stream()
                .filter(input -> !cache.contains(input.name()))
                .toList();
        return of(session.file(), tokens, inputs);
    }

    /**
     * The inputs of a model, without those that something else than a text feeds.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} where a text does not tell what to feed
     */
    static DecoderInputs of(Path model, ValueDescription tokens, List<ValueDescription> inputs) {
        for (ValueDescription input : inputs) {
            if (!input.equals(tokens) && !follows(input)) {
                throw unsupported(model, "the model needs the input " + input + ", which a text does not give");
            }
        }
        checkFixed(model, tokens, 0, 1, "rows");
        checkFixed(model, tokens, 1, 1, "tokens");
        return new DecoderInputs(inputs, tokens);
    }

    /**
     * Checks that a text can be read without a cache.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} for a model that takes one token at a time
     */
    void requireSeveral(Path model) {
        if (!takesSeveral()) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model takes one token at a time and has no cache: " + tokens,
                    Location.ofFile(model),
                    "Export it with a free length, or with a cache.");
        }
    }

    /** Whether a run can take several tokens. */
    boolean takesSeveral() {
        return !(tokens.dims().get(1) instanceof Dimension.Fixed);
    }

    /** The flag that says whether there is a cache, if the model has two branches. */
    boolean hasCacheFlag() {
        return inputs.stream().anyMatch(input -> InputRole.of(input) == InputRole.CACHE_FLAG);
    }

    /** Whether the model is told to give the logits of the last token only. */
    boolean keepsOneLogit() {
        return inputs.stream().anyMatch(input -> input.name().equals(KEPT_LOGITS));
    }

    /**
     * The values of one run.
     *
     * @param past tokens in the cache
     * @param ids the tokens behind them
     */
    Map<String, HostTensor> values(int past, long[] ids) {
        Map<String, HostTensor> values = new LinkedHashMap<>();
        for (ValueDescription input : inputs) {
            values.put(input.name(), value(input, past, ids));
        }
        return values;
    }

    private HostTensor value(ValueDescription input, int past, long[] ids) {
        DType dtype = Objects.requireNonNull(input.dtype());
        int current = ids.length;
        int total = past + current;
        if (input.name().equals(tokens.name())) {
            return HostTensor.ofIntegers(dtype, Shape.of(1, current), ids);
        }
        if (input.name().equals(KEPT_LOGITS)) {
            return filled(input, 1, 1);
        }
        return switch (InputRole.of(input)) {
            case ATTENTION_MASK, ADDITIVE_MASK ->
                input.rank() > 2 ? causal(input, past, current) : filled(input, total, 1);
            case POSITION_IDS -> positions(input, past, current);
            case TOKEN_TYPE_IDS -> filled(input, current, 0);
            case CACHE_FLAG -> filled(input, 1, past > 0 ? 1 : 0);
            case TOTAL_LENGTH -> filled(input, 1, total);
            case TOTAL_LENGTH_LESS_ONE -> filled(input, 1, total - 1L);
            case PAST_LENGTH -> filled(input, 1, past);
            default -> throw new IllegalStateException("not derived: " + input);
        };
    }

    private static boolean follows(ValueDescription input) {
        return input.isNumeric()
                && (input.name().equals(KEPT_LOGITS)
                        || switch (InputRole.of(input)) {
                            case ATTENTION_MASK, ADDITIVE_MASK -> !input.name().startsWith("encoder");
                            case POSITION_IDS,
                                    TOKEN_TYPE_IDS,
                                    CACHE_FLAG,
                                    TOTAL_LENGTH,
                                    TOTAL_LENGTH_LESS_ONE,
                                    PAST_LENGTH -> true;
                            default -> false;
                        });
    }

    /** One value everywhere, with the last dimension of a length and 1 for the others. */
    private static HostTensor filled(ValueDescription input, int length, long value) {
        long[] dims = new long[input.rank()];
        Arrays.fill(dims, 1);
        if (dims.length > 0) {
            dims[dims.length - 1] = length;
        }
        long[] values = new long[length];
        Arrays.fill(values, value);
        return tensor(input, Shape.of(dims), values);
    }

    /** Positions, the same in every row; several rows where a token has several positions. */
    private static HostTensor positions(ValueDescription input, int past, int current) {
        long[] dims = new long[input.rank()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = input.dims().get(axis) instanceof Dimension.Fixed fixed ? fixed.length() : 1;
        }
        dims[dims.length - 1] = current;
        Shape shape = Shape.of(dims);
        long[] values = new long[Math.toIntExact(shape.elements())];
        Arrays.setAll(values, i -> past + i % current);
        return tensor(input, shape, values);
    }

    /** A mask of [.., query, key], in which a token sees itself and those before: 1 and 0, or in floating point 0 and a very low number. */
    private static HostTensor causal(ValueDescription input, int past, int current) {
        long[] dims = new long[input.rank()];
        Arrays.fill(dims, 1);
        int total = past + current;
        dims[dims.length - 2] = current;
        dims[dims.length - 1] = total;
        DType dtype = Objects.requireNonNull(input.dtype());
        double hidden = !dtype.isFloat() ? 0 : dtype == DType.FLOAT16 ? HIDDEN_IN_HALF : HIDDEN;
        double[] values = new double[Math.multiplyExact(current, total)];
        for (int i = 0; i < values.length; i++) {
            boolean seen = i % total <= past + i / total;
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

    private static void checkFixed(Path model, ValueDescription tokens, int axis, long wanted, String what) {
        if (tokens.dims().get(axis) instanceof Dimension.Fixed fixed && fixed.length() != wanted) {
            throw unsupported(model, "the model takes exactly " + fixed.length() + " " + what + ": " + tokens);
        }
    }

    private static GraftException unsupported(Path model, String message) {
        return new GraftException(
                ErrorCode.ONNX_UNSUPPORTED,
                message,
                Location.ofFile(model),
                "Give a decoder that was exported for text alone, with a free batch and length.");
    }
}
