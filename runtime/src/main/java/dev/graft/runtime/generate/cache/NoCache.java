package dev.graft.runtime.generate.cache;

import dev.graft.runtime.session.NativeTensor;
import java.util.Map;
import java.util.Set;

/**
 * Keeps nothing, so that every run computes the whole text.
 *
 * @param inputs the empty cache that a model with one wants nevertheless
 */
public record NoCache(Map<String, NativeTensor> inputs) implements KeyValueCache {
    public NoCache {
        inputs = Map.copyOf(inputs);
    }

    @Override
    public int length() {
        return 0;
    }

    @Override
    public boolean keepFirst(int tokens) {
        return true;
    }

    @Override
    public void reserve(int tokens) {}

    @Override
    public Set<String> computed() {
        return Set.of();
    }

    @Override
    public Map<String, NativeTensor> into() {
        return Map.of();
    }

    @Override
    public void accept(Map<String, NativeTensor> outputs, int tokens) {
        outputs.values().forEach(NativeTensor::close);
    }

    @Override
    public void close() {
        inputs.values().forEach(NativeTensor::close);
    }
}
