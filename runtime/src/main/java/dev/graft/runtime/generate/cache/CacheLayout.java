package dev.graft.runtime.generate.cache;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Device;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.GraphNode;
import dev.graft.runtime.session.GraphNodeReader;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The cache of a model: its parts, and whether they can be written in place.
 *
 * @param parts one per input; empty where the model has no cache
 * @param shareable whether one buffer can be input and output
 * @param padding where padding lies if texts of different lengths share the tensors
 */
public record CacheLayout(List<CachePart> parts, boolean shareable, CachePadding padding) {
    private static final int SMALLEST_RANK = 3;
    private static final long MOST_BYTES = 1L << 30;

    public CacheLayout {
        parts = List.copyOf(parts);
    }

    /**
     * Finds a model's cache.
     *
     * @param hints lengths of dimensions that the model leaves open, such as the heads' size
     * @throws GraftException {@code ONNX_UNSUPPORTED} for a cache whose continuation or size cannot be told
     */
    public static CacheLayout find(ModelSession session, InputHints hints) {
        List<ValueDescription> candidates = candidates(session.inputs());
        if (candidates.isEmpty()) {
            return new CacheLayout(List.of(), false, CachePadding.IN_FRONT);
        }
        List<GraphNode> nodes = GraphNodeReader.read(session.file());
        CachePairs pairs = new CachePairs(session.outputs(), nodes);
        List<CachePart> parts = new ArrayList<>();
        for (ValueDescription input : candidates) {
            Optional<ValueDescription> output = pairs.continuationOf(input);
            if (output.isPresent()) {
                parts.add(part(session.file(), input, output.get(), hints));
            } else if (InputRole.of(input) == InputRole.PAST) {
                throw unsupported(session.file(), "no output continues the cache in the input " + input);
            }
        }
        checkApart(session.file(), parts);
        // on a GPU both copies are made at every run, and growing ones are smaller
        boolean inPlace = session.settings().device() instanceof Device.Cpu;
        boolean byLength = !parts.isEmpty() && pairs.areShareable(parts);
        return new CacheLayout(parts, inPlace && byLength, byLength ? CachePadding.BEHIND : CachePadding.IN_FRONT);
    }

    /** Whether the model has a cache. */
    public boolean isPresent() {
        return !parts.isEmpty();
    }

    /** The names of the inputs. */
    public Set<String> inputs() {
        return parts.stream().map(part -> part.input().name()).collect(Collectors.toUnmodifiableSet());
    }

    /** How many texts of so many tokens fit into one set of tensors, at least one: a tensor in Java's memory ends at 2 GiB, and grows from token to token. */
    public int mostRows(int tokens) {
        long largest = parts.stream()
                .mapToLong(part -> part.dtype()
                        .byteSize(Shape.of(part.dims(Math.max(1, tokens))).elements()))
                .max()
                .orElse(1);
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MOST_BYTES / Math.max(1, largest)));
    }

    /** An empty cache; the caller closes it. */
    public KeyValueCache open() {
        if (parts.isEmpty()) {
            return openUnused();
        }
        return shareable ? new SharedCache(parts) : new GrowingCache(parts);
    }

    /** What stands in for a cache that is not to be used; the caller closes it. */
    public KeyValueCache openUnused() {
        return new NoCache(CachePart.empty(parts));
    }

    /** Inputs that are named after the past; where none is, those that could be one, if the graph says so too. */
    private static List<ValueDescription> candidates(List<ValueDescription> inputs) {
        List<ValueDescription> named = inputs.stream()
                .filter(input -> InputRole.of(input) == InputRole.PAST && input.isNumeric())
                .toList();
        return named.isEmpty() ? inputs.stream().filter(CacheLayout::mayBeCache).toList() : named;
    }

    private static boolean mayBeCache(ValueDescription input) {
        return InputRole.of(input) == InputRole.OTHER
                && input.dtype() != null
                && input.dtype().isFloat()
                && input.rank() >= SMALLEST_RANK;
    }

    private static CachePart part(Path model, ValueDescription input, ValueDescription output, InputHints hints) {
        int time = timeAxis(input, output);
        int batch = CachePart.rowAxis(input);
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < input.rank(); axis++) {
            if (axis == time) {
                shape.add(0L);
            } else if (input.dims().get(axis) instanceof Dimension.Fixed fixed) {
                shape.add(fixed.length());
            } else {
                shape.add(axis == batch ? 1L : lengthOf(model, input, axis, hints));
            }
        }
        return new CachePart(input, output.name(), shape, time);
    }

    /** The dimension named after the past, else the one before the last where it is open; no dimension where that is a number. */
    private static int timeAxis(ValueDescription input, ValueDescription output) {
        for (int axis = 0; axis < input.rank(); axis++) {
            if (symbol(input, axis).toLowerCase(Locale.ROOT).contains("past")) {
                return axis;
            }
        }
        List<Integer> grown = new ArrayList<>();
        for (int axis = 0; axis < input.rank(); axis++) {
            String before = symbol(input, axis);
            if (!before.isEmpty() && axis != CachePart.rowAxis(input) && !before.equals(symbol(output, axis))) {
                grown.add(axis);
            }
        }
        if (grown.size() == 1) {
            return grown.get(0);
        }
        int usual = input.rank() - 2;
        return input.dims().get(usual) instanceof Dimension.Symbolic && usual != CachePart.rowAxis(input) ? usual : -1;
    }

    private static String symbol(ValueDescription value, int axis) {
        return value.dims().get(axis) instanceof Dimension.Symbolic symbolic ? symbolic.name() : "";
    }

    private static long lengthOf(Path model, ValueDescription input, int axis, InputHints hints) {
        Long length = hints.dims().get(symbol(input, axis));
        if (length == null || length < 1) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model does not say how long dimension " + axis + " of its cache is: " + input,
                    Location.ofFile(model),
                    "Keep the model's genai_config.json or config.json beside it or beside the tokenizer.");
        }
        return length;
    }

    private static void checkApart(Path model, List<CachePart> parts) {
        for (CachePart part : parts) {
            List<CachePart> same = parts.stream()
                    .filter(other -> other.output().equals(part.output()))
                    .toList();
            if (same.size() > 1) {
                throw unsupported(model, "one output seems to continue several parts of the cache: " + same);
            }
            if (part.timeAxis() < 0 && part.input().name().matches(".*(key|value)[._]?[0-9]*$")) {
                throw unsupported(model, "the cache has room for a fixed number of tokens: " + part.input());
            }
        }
    }

    private static GraftException unsupported(Path model, String message) {
        return new GraftException(
                ErrorCode.ONNX_UNSUPPORTED,
                message,
                Location.ofFile(model),
                "Export the model with a cache that grows, named past_key_values.0.key and present.0.key and so on, or without a cache.");
    }
}
