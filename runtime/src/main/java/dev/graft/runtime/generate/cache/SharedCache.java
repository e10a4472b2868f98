package dev.graft.runtime.generate.cache;

import dev.graft.runtime.session.NativeTensor;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A cache in buffers that are input and output at once: GroupQueryAttention writes the new keys and values behind the old ones, and the length of the mask says how
 * much counts. Cutting it is a matter of a number.
 */
final class SharedCache implements KeyValueCache {
    /** Room is made in steps, so that a conversation that grows by a few tokens does not copy each time. */
    private static final int STEP = 64;

    private final List<CachePart> parts;
    private Map<String, NativeTensor> buffers;
    private int room;
    private int length;

    SharedCache(List<CachePart> parts) {
        this.parts = parts;
        this.room = STEP;
        this.buffers = CachePart.ofLength(parts, STEP);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public boolean keepFirst(int tokens) {
        length = Math.min(length, tokens);
        return true;
    }

    @Override
    public void reserve(int tokens) {
        if (tokens <= room) {
            return;
        }
        int wanted = Math.addExact(tokens, STEP - 1) / STEP * STEP;
        Map<String, NativeTensor> larger = new LinkedHashMap<>();
        for (CachePart part : parts) {
            NativeTensor old = Objects.requireNonNull(buffers.get(part.input().name()));
            NativeTensor next = NativeTensor.allocate(old.dtype(), Shape.of(part.dims(wanted)));
            copy(part, old, next);
            larger.put(part.input().name(), next);
        }
        close();
        buffers = larger;
        room = wanted;
    }

    /** Copies the tokens that count: of each head, the first rows. */
    private void copy(CachePart part, NativeTensor from, NativeTensor to) {
        int blocks = 1;
        for (int axis = 0; axis < part.timeAxis(); axis++) {
            blocks = Math.multiplyExact(blocks, Math.toIntExact(from.shape().dim(axis)));
        }
        ByteBuffer source = from.memory();
        ByteBuffer target = to.memory();
        int oldBlock = source.limit() / blocks;
        int newBlock = target.limit() / blocks;
        int counted = (int) ((long) oldBlock * length / room);
        for (int block = 0; block < blocks; block++) {
            target.put(block * newBlock, source, block * oldBlock, counted);
        }
    }

    @Override
    public Map<String, NativeTensor> inputs() {
        return buffers;
    }

    @Override
    public Set<String> computed() {
        return Set.of();
    }

    @Override
    public Map<String, NativeTensor> into() {
        Map<String, NativeTensor> outputs = new LinkedHashMap<>();
        parts.forEach(part -> outputs.put(
                part.output(), Objects.requireNonNull(buffers.get(part.input().name()))));
        return outputs;
    }

    @Override
    public void accept(Map<String, NativeTensor> outputs, int tokens) {
        length += tokens;
    }

    @Override
    public void close() {
        buffers.values().forEach(NativeTensor::close);
    }
}
