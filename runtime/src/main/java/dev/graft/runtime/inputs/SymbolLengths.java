package dev.graft.runtime.inputs;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Shape;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Gives every symbol of a model's inputs one length in a sample. */
final class SymbolLengths {
    private static final long MOST_ELEMENTS = 1L << 28;
    private static final long IMAGE_EDGE = 64;
    private static final long CHANNELS = 3;
    private static final long AUDIO_STEPS_PER_TOKEN = 160;
    private static final long UNKNOWN_WIDTH = 8;
    private static final Set<String> BATCH_NAMES = Set.of("n", "b", "bs");
    private static final Set<String> SEQUENCE_NAMES = Set.of("s", "t", "l");
    private static final Pattern SEQUENCE = Pattern.compile(".*(seq|tok|len|time|text|steps|frames|samples).*");
    private static final Pattern HEAD = Pattern.compile(".*(kv_cache_dim|head_dim|head_size|d_kv).*");

    private final InputHints hints;
    private final SampleSize size;
    private final Map<String, Long> bound = new HashMap<>();

    SymbolLengths(InputHints hints, SampleSize size) {
        this.hints = hints;
        this.size = size;
    }

    /** Takes the lengths of a tensor that is given. */
    void bind(ValueDescription input, HostTensor given) {
        for (int axis = 0; axis < input.rank() && axis < given.shape().rank(); axis++) {
            if (input.dims().get(axis) instanceof Dimension.Symbolic symbol
                    && !symbol.name().isEmpty()) {
                bound.putIfAbsent(symbol.name(), given.shape().dim(axis));
            }
        }
    }

    /** The shape of an input in this sample. */
    Shape shapeOf(ValueDescription input, InputRole role) {
        long[] dims = new long[input.rank()];
        long elements = 1;
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = length(input, role, axis);
            elements = Math.multiplyHigh(elements, dims[axis]) != 0 ? Long.MAX_VALUE : elements * dims[axis];
        }
        if (elements < 0 || elements > MOST_ELEMENTS) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "a sample for the input " + input + " would have more than " + MOST_ELEMENTS + " elements",
                    Location.NONE,
                    "Give inputs of your own with --inputs.");
        }
        return Shape.of(dims);
    }

    private long length(ValueDescription input, InputRole role, int axis) {
        if (input.dims().get(axis) instanceof Dimension.Fixed fixed) {
            return fixed.length();
        }
        String symbol = ((Dimension.Symbolic) input.dims().get(axis)).name();
        if (symbol.isEmpty()) {
            return byPlace(input, role, axis);
        }
        Long known = bound.get(symbol);
        if (known == null) {
            known = byName(symbol).orElseGet(() -> byPlace(input, role, axis));
            bound.put(symbol, known);
        }
        return known;
    }

    private OptionalLong byName(String symbol) {
        Long hint = hints.dims().get(symbol);
        if (hint != null) {
            return OptionalLong.of(hint);
        }
        String name = symbol.toLowerCase(Locale.ROOT);
        if (name.contains("batch") || BATCH_NAMES.contains(name)) {
            return OptionalLong.of(size.batch());
        }
        // "past + current" is a total too
        if (name.contains("total") || name.contains("+")) {
            return OptionalLong.of(currentLength());
        }
        if (name.contains("past")) {
            return OptionalLong.of(0);
        }
        if (HEAD.matcher(name).matches()) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "the model does not say how long its dimension '" + symbol + "' is, and no other length would run",
                    Location.NONE,
                    "Keep the model's genai_config.json or config.json beside it, or give inputs of your own with --inputs.");
        }
        if (SEQUENCE.matcher(name).matches() || SEQUENCE_NAMES.contains(name)) {
            return OptionalLong.of(size.sequence());
        }
        return OptionalLong.empty();
    }

    /** The length of the current tokens: of the symbol that token ids were given with, or the sample's. */
    private long currentLength() {
        return bound.entrySet().stream()
                .filter(entry -> isCurrent(entry.getKey().toLowerCase(Locale.ROOT)))
                .mapToLong(Map.Entry::getValue)
                .findFirst()
                .orElse(size.sequence());
    }

    private static boolean isCurrent(String name) {
        return (SEQUENCE.matcher(name).matches() || SEQUENCE_NAMES.contains(name))
                && !name.contains("past")
                && !name.contains("total");
    }

    private long byPlace(ValueDescription input, InputRole role, int axis) {
        if (role == InputRole.IMAGE) {
            boolean channelsLast =
                    input.dims().get(input.rank() - 1) instanceof Dimension.Fixed last && last.length() <= 4;
            int channels = channelsLast ? input.rank() - 1 : 1;
            return axis == 0 ? size.batch() : axis == channels ? CHANNELS : IMAGE_EDGE;
        }
        boolean last = axis == input.rank() - 1;
        if (role == InputRole.AUDIO && last && axis > 0) {
            return size.sequence() * AUDIO_STEPS_PER_TOKEN;
        }
        if (axis == 0) {
            return size.batch();
        }
        return axis == 1 ? size.sequence() : UNKNOWN_WIDTH;
    }
}
