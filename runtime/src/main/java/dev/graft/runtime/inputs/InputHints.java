package dev.graft.runtime.inputs;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model's description does not say of its inputs.
 *
 * @param bounds by input name, the number that all its integers are below, such as the size of the vocabulary
 * @param dims by symbol, the length of dimensions that are not free, such as {@code kv_cache_dim}, which has to be the heads' size
 */
public record InputHints(Map<String, Long> bounds, Map<String, Long> dims) {
    /** Nothing known. */
    public static final InputHints NONE = new InputHints(Map.of(), Map.of());

    /** Integers without a bound are 0 or 1, which every table of more than one row has. */
    static final long SMALLEST_BOUND = 2;

    public InputHints {
        bounds = Map.copyOf(bounds);
        dims = Map.copyOf(dims);
    }

    /** The same, with the integers of an input below a bound. */
    public InputHints withBound(String input, long bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("no integer is in [0, " + bound + ")");
        }
        return new InputHints(with(bounds, input, bound), dims);
    }

    /** The same, with a symbol's length. */
    public InputHints withDim(String symbol, long length) {
        return new InputHints(bounds, with(dims, symbol, length));
    }

    /** These, and those of another source where these say nothing. */
    public InputHints orElse(InputHints other) {
        InputHints merged = other;
        for (Map.Entry<String, Long> bound : bounds.entrySet()) {
            merged = merged.withBound(bound.getKey(), bound.getValue());
        }
        for (Map.Entry<String, Long> dim : dims.entrySet()) {
            merged = merged.withDim(dim.getKey(), dim.getValue());
        }
        return merged;
    }

    private static Map<String, Long> with(Map<String, Long> map, String key, long value) {
        Map<String, Long> changed = new LinkedHashMap<>(map);
        changed.put(key, value);
        return changed;
    }
}
