package dev.graft.runtime.batching;

import dev.graft.runtime.session.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * The inputs of one request.
 *
 * @param values by input, each with one row
 * @param lengths its lengths in the dimensions that are padded, by their symbols
 * @param key rows of equal keys can be in one batch
 */
record Row(Map<String, HostTensor> values, Map<String, Long> lengths, List<Object> key) {
    /** How many elements it has along the padded dimensions: its tokens. */
    long volume() {
        return lengths.values().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }
}
