package dev.graft.runtime.inputs;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Makes inputs that a model accepts.
 *
 * <p>The values depend on the seed, the sample's number and the input's name only, so that a base and its artifact get the same ones. {@link
 * Random} is used because its numbers are fixed by its specification.
 */
public final class SampleInputs {
    private static final long SAMPLE_RATE = 16_000;
    private static final long PIXEL_VALUES = 256;

    private final List<ValueDescription> inputs;
    private final InputHints hints;

    private SampleInputs(List<ValueDescription> inputs, InputHints hints) {
        this.inputs = List.copyOf(inputs);
        this.hints = hints;
    }

    /**
     * A maker of inputs for a model.
     *
     * @throws GraftException {@code INPUTS_INVALID} if an input takes no numbers
     */
    public static SampleInputs of(List<ValueDescription> inputs, InputHints hints) {
        for (ValueDescription input : inputs) {
            if (!input.isNumeric()) {
                throw new GraftException(
                        ErrorCode.INPUTS_INVALID,
                        "the input " + input + " takes no numbers, so no sample can be made for it",
                        Location.NONE,
                        "Compare models with tensor inputs of numbers.");
            }
        }
        return new SampleInputs(inputs, hints);
    }

    /**
     * One sample of a size.
     *
     * @return the values by input name, in the model's order
     */
    public Map<String, HostTensor> make(SampleSize size, long seed) {
        return fill(Map.of(), new SymbolLengths(hints, size), seed);
    }

    /** Several samples, of the sizes in {@link SampleSize#VARIED} in turn. */
    public List<Map<String, HostTensor>> makeSeveral(int count, long seed) {
        List<Map<String, HostTensor>> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            samples.add(make(SampleSize.VARIED.get(i % SampleSize.VARIED.size()), seed + i));
        }
        return samples;
    }

    /**
     * Adds to given values the inputs that follow from them: masks, positions, segments, an empty cache.
     *
     * @throws GraftException {@code INPUTS_INVALID} if another input is missing
     */
    public Map<String, HostTensor> complete(Map<String, HostTensor> given) {
        for (ValueDescription input : inputs) {
            if (!given.containsKey(input.name()) && !InputRole.of(input).isDerived()) {
                throw new GraftException(
                        ErrorCode.INPUTS_INVALID,
                        "no value for the input " + input + "; given: " + given.keySet(),
                        Location.NONE,
                        "Give this input too; only masks, positions, segments and an empty cache can be left out.");
            }
        }
        return fill(given, new SymbolLengths(hints, new SampleSize(1, 1)), 0);
    }

    private Map<String, HostTensor> fill(Map<String, HostTensor> given, SymbolLengths lengths, long seed) {
        for (ValueDescription input : inputs) {
            HostTensor value = given.get(input.name());
            if (value != null) {
                lengths.bind(input, value);
            }
        }
        Map<String, HostTensor> values = new LinkedHashMap<>();
        for (ValueDescription input : inputs) {
            HostTensor value = given.get(input.name());
            values.put(input.name(), value == null ? makeOne(input, lengths, seed, values) : value);
        }
        given.forEach(values::putIfAbsent);
        return values;
    }

    private HostTensor makeOne(ValueDescription input, SymbolLengths lengths, long seed, Map<String, HostTensor> made) {
        InputRole role = InputRole.of(input);
        Shape shape = lengths.shapeOf(input, role);
        DType dtype = Objects.requireNonNull(input.dtype());
        int count = Math.toIntExact(shape.elements());
        Random random = new Random(seed * 1_000_003 + input.name().hashCode());
        return switch (role) {
            case TOKEN_IDS -> integers(input, shape, random);
            case ATTENTION_MASK -> constant(dtype, shape, 1);
            case ADDITIVE_MASK, TOKEN_TYPE_IDS, PAST, CACHE_FLAG, PAST_LENGTH -> HostTensor.zeros(dtype, shape);
            case POSITION_IDS -> positions(dtype, shape);
            case TOTAL_LENGTH -> constant(dtype, shape, currentLength(made));
            case TOTAL_LENGTH_LESS_ONE -> constant(dtype, shape, currentLength(made) - 1);
            case SAMPLE_RATE -> constant(dtype, shape, SAMPLE_RATE);
            case IMAGE, AUDIO, OTHER ->
                dtype.isFloat()
                        ? HostTensor.ofDoubles(dtype, shape, gaussians(random, count))
                        : integers(input, shape, random);
        };
    }

    private HostTensor integers(ValueDescription input, Shape shape, Random random) {
        DType dtype = Objects.requireNonNull(input.dtype());
        long usual = dtype == DType.UINT8 ? PIXEL_VALUES : InputHints.SMALLEST_BOUND;
        long bound = hints.bounds().getOrDefault(input.name(), usual);
        long[] values = new long[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) (random.nextDouble() * bound);
        }
        return dtype.isFloat()
                ? HostTensor.ofDoubles(
                        dtype, shape, LongStream.of(values).asDoubleStream().toArray())
                : HostTensor.ofIntegers(dtype, shape, values);
    }

    private static double[] gaussians(Random random, int count) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> random.nextGaussian());
        return values;
    }

    private static HostTensor positions(DType dtype, Shape shape) {
        int row = shape.rank() == 0 ? 1 : (int) shape.dim(-1);
        long[] values = new long[Math.toIntExact(shape.elements())];
        Arrays.setAll(values, i -> i % row);
        return HostTensor.ofIntegers(dtype, shape, values);
    }

    private static HostTensor constant(DType dtype, Shape shape, long value) {
        int count = Math.toIntExact(shape.elements());
        if (dtype.isFloat()) {
            double[] values = new double[count];
            Arrays.fill(values, (double) value);
            return HostTensor.ofDoubles(dtype, shape, values);
        }
        long[] values = new long[count];
        Arrays.fill(values, value);
        return HostTensor.ofIntegers(dtype, shape, values);
    }

    /** The tokens per row of the token ids made so far. */
    private long currentLength(Map<String, HostTensor> made) {
        return inputs.stream()
                .filter(input -> InputRole.of(input) == InputRole.TOKEN_IDS)
                .map(input -> made.get(input.name()))
                .filter(Objects::nonNull)
                .mapToLong(tokens -> tokens.shape().dim(-1))
                .findFirst()
                .orElse(1);
    }
}
