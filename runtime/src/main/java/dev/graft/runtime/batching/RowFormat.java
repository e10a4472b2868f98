package dev.graft.runtime.batching;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a row is fed, and in which of its dimensions rows of one batch may differ.
 *
 * <p>A symbol of the model is padded if every input that has it can be padded and one of them is an attention mask, which hides the padding from the model; or if the caller
 * says of all of them what to pad with. In every other dimension rows of one batch are equal.
 */
final class RowFormat {
    private final Path model;
    private final List<Column> columns;
    private final Set<String> padded;

    private RowFormat(Path model, List<Column> columns, Set<String> padded) {
        this.model = model;
        this.columns = columns;
        this.padded = padded;
    }

    /**
     * The format of a model's rows.
     *
     * @param padding what to pad inputs with, by name
     * @throws GraftException {@code INPUTS_INVALID} if the model has no input of that name
     */
    static RowFormat of(BatchedModel model, Map<String, Double> padding) {
        List<Column> columns = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(padding.keySet());
        for (ValueDescription input : model.inputs()) {
            columns.add(Column.of(input, model.layout(), padding));
            unknown.remove(input.name());
        }
        if (!unknown.isEmpty()) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "padding is given for " + unknown + ", which the model has no input for",
                    Location.ofFile(model.file()),
                    "Name inputs of the model: "
                            + model.inputs().stream()
                                    .map(ValueDescription::name)
                                    .toList() + ".");
        }
        return new RowFormat(model.file(), columns, padded(columns));
    }

    /** The format of a model's rows where none is padded. */
    static RowFormat unpadded(BatchedModel model) {
        return new RowFormat(model.file(), of(model, Map.of()).columns(), Set.of());
    }

    private static Set<String> padded(List<Column> columns) {
        Set<String> padded = new LinkedHashSet<>();
        for (Column column : columns) {
            for (int axis = 0; axis < column.input().rank(); axis++) {
                String symbol = column.symbol(axis);
                if (!symbol.isEmpty() && canPad(columns, symbol)) {
                    padded.add(symbol);
                }
            }
        }
        return padded;
    }

    private static boolean canPad(List<Column> columns, String symbol) {
        List<Column> having =
                columns.stream().filter(column -> column.has(symbol)).toList();
        return having.stream()
                        .allMatch(column -> column.isBatched() && column.pad().isPresent())
                && (having.stream().anyMatch(Column::isMask) || having.stream().allMatch(Column::declared));
    }

    List<Column> columns() {
        return columns;
    }

    /** The symbols of dimensions in which rows of one batch may differ. */
    Set<String> padded() {
        return padded;
    }

    /**
     * Checks a row and finds its lengths.
     *
     * @throws GraftException {@code INPUTS_INVALID}
     */
    Row row(Map<String, HostTensor> values) {
        if (values.size() != columns.size()) {
            throw invalid("expected a value for each of " + names() + ", got " + values.keySet());
        }
        Map<String, Long> lengths = new TreeMap<>();
        List<Object> key = new ArrayList<>();
        for (Column column : columns) {
            HostTensor value = values.get(column.input().name());
            if (value == null) {
                throw invalid("no value for the input " + column.input() + ", got " + values.keySet());
            }
            requireFitting(column, value);
            addLengths(column, value, lengths);
            addKey(column, value, key);
        }
        return new Row(Map.copyOf(values), Map.copyOf(lengths), List.copyOf(key));
    }

    private void requireFitting(Column column, HostTensor value) {
        List<Dimension> dims = column.input().dims();
        boolean fits = value.dtype() == column.input().dtype()
                && (dims.isEmpty() || value.shape().rank() == dims.size());
        for (int axis = 0; fits && axis < dims.size(); axis++) {
            long length = value.shape().dim(axis);
            fits = axis == column.batchAxis()
                    ? length == 1
                    : !(dims.get(axis) instanceof Dimension.Fixed fixed) || fixed.length() == length;
        }
        if (!fits) {
            throw invalid(
                    "expected " + column.input() + (column.isBatched() ? " with one row" : "") + ", got " + value);
        }
    }

    private void addLengths(Column column, HostTensor value, Map<String, Long> lengths) {
        for (int axis = 0; axis < column.input().rank(); axis++) {
            String symbol = column.symbol(axis);
            long length = value.shape().dim(axis);
            if (padded.contains(symbol)) {
                Long before = lengths.put(symbol, length);
                if (before != null && before != length) {
                    throw invalid("'" + symbol + "' is " + before + " in one input and " + length + " in '"
                            + column.input().name() + "'");
                }
            }
        }
    }

    /** Rows of one key can be in one batch: equal shapes but for what is padded, and the same values where all rows share one. */
    private void addKey(Column column, HostTensor value, List<Object> key) {
        long[] shape = value.shape().toArray();
        for (int axis = 0; axis < column.input().rank(); axis++) {
            boolean open = axis == column.batchAxis() || padded.contains(column.symbol(axis));
            shape[axis] = open ? 1 : shape[axis];
        }
        key.add(Shape.of(shape));
        if (!column.isBatched()) {
            key.add(value.bytes());
        }
    }

    private List<String> names() {
        return columns.stream().map(column -> column.input().name()).toList();
    }

    private GraftException invalid(String message) {
        return new GraftException(
                ErrorCode.INPUTS_INVALID,
                message,
                Location.ofFile(model),
                "Feed one row of the base's inputs; which adapter it uses is said beside them, not in them.");
    }
}
