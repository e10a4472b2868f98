package dev.graft.runtime.generate.cache;

import dev.graft.runtime.session.NativeTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A cache that the graph joins with the new tokens: what one run computed is fed to the next, where it lies.
 *
 * <p>It is as long as the text, and cannot be cut without copying; {@link #keepFirst} therefore forgets all or nothing.
 */
final class GrowingCache implements KeyValueCache {
    private final List<CachePart> parts;
    private final Set<String> computed;
    private Map<String, NativeTensor> held;
    private int length;

    GrowingCache(List<CachePart> parts) {
        this.parts = parts;
        this.computed = parts.stream().map(CachePart::output).collect(Collectors.toUnmodifiableSet());
        this.held = CachePart.empty(parts);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public boolean keepFirst(int tokens) {
        if (tokens == 0 && length > 0) {
            close();
            held = CachePart.empty(parts);
            length = 0;
        }
        return tokens == length;
    }

    @Override
    public void reserve(int tokens) {}

    @Override
    public Map<String, NativeTensor> inputs() {
        return held;
    }

    @Override
    public Set<String> computed() {
        return computed;
    }

    @Override
    public Map<String, NativeTensor> into() {
        return Map.of();
    }

    @Override
    public void accept(Map<String, NativeTensor> outputs, int tokens) {
        Map<String, NativeTensor> next = new LinkedHashMap<>();
        parts.forEach(part -> next.put(part.input().name(), Objects.requireNonNull(outputs.get(part.output()))));
        close();
        held = next;
        length += tokens;
    }

    @Override
    public void close() {
        held.values().forEach(NativeTensor::close);
    }
}
