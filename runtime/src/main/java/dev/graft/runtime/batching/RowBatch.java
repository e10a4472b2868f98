package dev.graft.runtime.batching;

import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Rows put together into one batch, padded at the end to the longest, and its outputs taken apart again. */
final class RowBatch {
    /** How a part is taken out of a tensor. */
    private interface Cut {
        HostTensor of(HostTensor whole, long[] start, long[] extent);
    }

    private final RowFormat format;
    private final List<Row> rows;
    private final Map<String, Long> longest = new HashMap<>();

    RowBatch(RowFormat format, List<Row> rows) {
        this.format = format;
        this.rows = rows;
        rows.forEach(row -> row.lengths().forEach((symbol, length) -> longest.merge(symbol, length, Math::max)));
    }

    /** Which part of the batch is padding, 0 to 1. */
    double paddedShare() {
        long all = longest.values().stream().mapToLong(Long::longValue).reduce(rows.size(), (a, b) -> a * b);
        long own = rows.stream().mapToLong(Row::volume).sum();
        return all == 0 ? 0 : 1 - (double) own / all;
    }

    /** The batch's inputs. */
    Map<String, HostTensor> inputs() {
        if (rows.size() == 1) {
            return rows.get(0).values();
        }
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        for (Column column : format.columns()) {
            HostTensor first = value(rows.get(0), column);
            inputs.put(column.input().name(), column.isBatched() ? stacked(column, first) : first);
        }
        return inputs;
    }

    private HostTensor stacked(Column column, HostTensor first) {
        long[] lengths = first.shape().toArray();
        for (int axis = 0; axis < lengths.length; axis++) {
            lengths[axis] = longest.getOrDefault(column.symbol(axis), lengths[axis]);
        }
        lengths[column.batchAxis()] = rows.size();
        Shape shape = Shape.of(lengths);
        ByteBuffer bytes = Blocks.allocate(first.dtype(), shape);
        fill(bytes, first.dtype(), column.pad().orElse(0.0));
        long[] start = new long[lengths.length];
        for (Row row : rows) {
            Blocks.put(value(row, column), bytes, shape, start);
            start[column.batchAxis()]++;
        }
        return new HostTensor(first.dtype(), shape, bytes);
    }

    private static void fill(ByteBuffer bytes, DType dtype, double pad) {
        if (pad == 0) {
            return;
        }
        HostTensor one = dtype.isFloat()
                ? HostTensor.ofDoubles(dtype, Shape.of(1), pad)
                : HostTensor.ofIntegers(dtype, Shape.of(1), (long) pad);
        int width = one.bytes().remaining();
        for (int at = 0; at < bytes.capacity(); at += width) {
            bytes.put(at, one.bytes(), 0, width);
        }
    }

    /**
     * What each row gets of the outputs: its own part, without the padding where a dimension bears the symbol of a padded one. Outputs that are not by row are left
     * out: no row could tell what is its own in them.
     */
    List<Map<String, HostTensor>> split(
            List<ValueDescription> descriptions, BatchedLayout layout, Map<String, HostTensor> outputs) {
        return split(descriptions, layout, outputs, Blocks::take);
    }

    /** The same in the outputs' own memory, as far as it can be: for rows that are read at once and not kept. */
    List<Map<String, HostTensor>> views(
            List<ValueDescription> descriptions, BatchedLayout layout, Map<String, HostTensor> outputs) {
        return split(descriptions, layout, outputs, Blocks::view);
    }

    private List<Map<String, HostTensor>> split(
            List<ValueDescription> descriptions, BatchedLayout layout, Map<String, HostTensor> outputs, Cut cut) {
        List<Map<String, HostTensor>> parts = new java.util.ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            Map<String, HostTensor> own = new LinkedHashMap<>();
            for (ValueDescription description : descriptions) {
                HostTensor output = outputs.get(description.name());
                int axis = output == null ? BatchAxis.NONE : axis(description, layout, output);
                if (output != null && axis != BatchAxis.NONE) {
                    own.put(description.name(), part(output, description, axis, row, cut));
                }
            }
            parts.add(Collections.unmodifiableMap(own));
        }
        return parts;
    }

    /** Exporters that name the batch in inputs may leave it nameless in outputs, or give it another name there. */
    private int axis(ValueDescription output, BatchedLayout layout, HostTensor value) {
        int axis = BatchAxis.of(output, layout);
        boolean other = axis == BatchAxis.NONE
                && output.rank() > 0
                && BatchAxis.isSymbolic(output.dims().get(0))
                && format.columns().stream()
                        .noneMatch(column ->
                                column.has(BatchAxis.symbol(output.dims().get(0))));
        int found = other ? 0 : axis;
        boolean byRow =
                found >= 0 && found < value.shape().rank() && value.shape().dim(found) == rows.size();
        return byRow ? found : BatchAxis.NONE;
    }

    private HostTensor part(HostTensor output, ValueDescription description, int batchAxis, int row, Cut cut) {
        long[] start = new long[output.shape().rank()];
        long[] extent = output.shape().toArray();
        Map<String, Long> own = rows.get(row).lengths();
        for (int axis = 0; axis < extent.length; axis++) {
            String symbol = symbol(description, axis);
            // an output of another length only happens to bear the name, as behind a convolution with strides
            if (Objects.equals(longest.get(symbol), extent[axis])) {
                extent[axis] = own.getOrDefault(symbol, extent[axis]);
            }
        }
        start[batchAxis] = row;
        extent[batchAxis] = 1;
        boolean whole = Shape.of(extent).equals(output.shape());
        return whole ? output : cut.of(output, start, extent);
    }

    private static String symbol(ValueDescription description, int axis) {
        Dimension dim = description.dims().get(axis);
        return BatchAxis.symbol(dim);
    }

    private static HostTensor value(Row row, Column column) {
        return Objects.requireNonNull(row.values().get(column.input().name()));
    }
}
