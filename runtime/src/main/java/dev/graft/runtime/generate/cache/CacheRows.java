package dev.graft.runtime.generate.cache;

import dev.graft.runtime.batching.Blocks;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.NativeTensor;
import dev.graft.tensor.FloatFormat;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The caches of several texts in one set of tensors, a row each. Rows of different lengths are padded as {@link CacheLayout#padding} says.
 *
 * <p>Rows never come or go: {@link #join} copies those that are wanted into new tensors. For one thread at a time; owns its tensors.
 */
public final class CacheRows implements AutoCloseable {
    /** Buffers that are written in place have room in steps of so many tokens. */
    private static final int STEP = 64;

    private final CacheLayout layout;
    private final int[] lengths;
    private final int room;
    private Map<String, NativeTensor> held;

    private CacheRows(CacheLayout layout, int[] lengths, int room, Map<String, NativeTensor> held) {
        this.layout = layout;
        this.lengths = lengths;
        this.room = room;
        this.held = held;
    }

    /**
     * One row of a cache.
     *
     * @param cache all rows
     * @param index which of them
     */
    public record Row(CacheRows cache, int index) {
        /** How many tokens it holds. */
        public int length() {
            return cache.lengths[index];
        }
    }

    /** Rows without tokens, with room for so many where room is made ahead; the caller closes them. */
    public static CacheRows empty(CacheLayout layout, int rows, int tokens) {
        return filled(layout, new int[rows], tokens, 0);
    }

    /**
     * Copies of rows, which may be from several caches; the caller closes them.
     *
     * @param more tokens that there should be room for behind the longest
     */
    public static CacheRows join(CacheLayout layout, List<Row> rows, int more) {
        return join(layout, rows, more, 0);
    }

    /**
     * A copy of a row beside a longer one that was never computed, with numbers in all the padding: whether the model keeps them apart shows in what it says of the first.
     *
     * @param longer how many tokens the second has more
     * @param value each of its numbers, and of the padding's
     */
    public static CacheRows besideFilled(CacheLayout layout, Row row, int longer, double value) {
        try (CacheRows other = filled(layout, new int[] {row.length() + longer}, row.length() + longer, value)) {
            return join(layout, List.of(row, new Row(other, 0)), 1, value);
        }
    }

    private static CacheRows filled(CacheLayout layout, int[] lengths, int tokens, double value) {
        int longest = Arrays.stream(lengths).max().orElse(0);
        int room = layout.shareable() ? Math.addExact(Math.max(tokens, 1), STEP - 1) / STEP * STEP : longest;
        Map<String, NativeTensor> tensors = new LinkedHashMap<>();
        for (CachePart part : layout.parts()) {
            NativeTensor tensor = NativeTensor.allocate(part.dtype(), Shape.of(part.dims(lengths.length, room)));
            fill(tensor, value);
            tensors.put(part.input().name(), tensor);
        }
        return new CacheRows(layout, lengths, room, tensors);
    }

    private static void fill(NativeTensor tensor, double value) {
        if (value != 0) {
            double[] values = new double[Math.toIntExact(tensor.shape().elements())];
            Arrays.fill(values, value);
            FloatFormat.encode(tensor.dtype(), values, 0, values.length, tensor.memory());
        }
    }

    private static CacheRows join(CacheLayout layout, List<Row> rows, int more, double padding) {
        int[] lengths = rows.stream().mapToInt(Row::length).toArray();
        int longest = Arrays.stream(lengths).max().orElse(0);
        CacheRows joined = filled(layout, lengths, Math.addExact(longest, more), padding);
        for (CachePart part : layout.parts()) {
            Map<CacheRows, HostTensor> contents = new HashMap<>();
            for (int i = 0; i < lengths.length; i++) {
                CacheRows from = rows.get(i).cache();
                HostTensor content =
                        contents.computeIfAbsent(from, one -> one.tensor(part).content());
                from.copy(part, content, rows.get(i).index(), joined, i);
            }
        }
        return joined;
    }

    private void copy(CachePart part, HostTensor content, int row, CacheRows to, int toRow) {
        NativeTensor target = to.tensor(part);
        long[] extent = part.dims(1, lengths[row]);
        long[] start = first(part, content.shape(), row);
        long[] toStart = to.first(part, target.shape(), toRow);
        ByteBuffer memory = target.memory();
        Blocks.copy(content, start, extent, memory, target.shape(), toStart);
    }

    /** Where a row's own tokens begin. */
    private long[] first(CachePart part, Shape shape, int row) {
        long[] start = new long[shape.rank()];
        start[part.rowAxis()] = row;
        if (part.timeAxis() >= 0 && layout.padding() == CachePadding.IN_FRONT) {
            start[part.timeAxis()] = shape.dim(part.timeAxis()) - lengths[row];
        }
        return start;
    }

    private NativeTensor tensor(CachePart part) {
        return Objects.requireNonNull(held.get(part.input().name()));
    }

    /** How many tokens each row holds; the caller's own. */
    public int[] lengths() {
        return lengths.clone();
    }

    /** The rows. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            rows.add(new Row(this, i));
        }
        return rows;
    }

    /** Whether so many more tokens of each row can be written. */
    public boolean hasRoomFor(int tokens) {
        return !layout.shareable() || Arrays.stream(lengths).max().orElse(0) + (long) tokens <= room;
    }

    /** What to feed. */
    public Map<String, NativeTensor> inputs() {
        return held;
    }

    /** Outputs to compute, for {@link #accept}. */
    public Set<String> computed() {
        return layout.shareable()
                ? Set.of()
                : layout.parts().stream().map(CachePart::output).collect(Collectors.toUnmodifiableSet());
    }

    /** Outputs to write in place. */
    public Map<String, NativeTensor> into() {
        Map<String, NativeTensor> outputs = new LinkedHashMap<>();
        if (layout.shareable()) {
            layout.parts().forEach(part -> outputs.put(part.output(), tensor(part)));
        }
        return outputs;
    }

    /**
     * Takes what a run has computed, and with it the ownership.
     *
     * @param tokens how many tokens the run had of each row
     */
    public void accept(Map<String, NativeTensor> outputs, int tokens) {
        if (!layout.shareable()) {
            Map<String, NativeTensor> next = new LinkedHashMap<>();
            for (CachePart part : layout.parts()) {
                next.put(part.input().name(), Objects.requireNonNull(outputs.get(part.output())));
            }
            close();
            held = next;
        }
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] += tokens;
        }
    }

    @Override
    public void close() {
        held.values().forEach(NativeTensor::close);
    }
}
