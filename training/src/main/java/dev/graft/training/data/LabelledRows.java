package dev.graft.training.data;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.training.step.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Texts with a label, padded on the right to the longest of a batch. */
final class LabelledRows implements RowStore {
    private final List<LabelledRow> rows;
    private final boolean classes;
    private final int pad;
    private final int multiple;
    private final UnaryOperator<Shape> numbers;

    /** @param numbers the shape that numbers are given, one a row */
    LabelledRows(List<LabelledRow> rows, boolean classes, int pad, int multiple, UnaryOperator<Shape> numbers) {
        this.rows = List.copyOf(rows);
        this.classes = classes;
        this.pad = pad;
        this.multiple = multiple;
        this.numbers = numbers;
    }

    @Override
    public int rows() {
        return rows.size();
    }

    @Override
    public int length(int row) {
        return rows.get(row).ids().length;
    }

    @Override
    public Batch batch(int[] chosen) {
        int longest = Math.max(1, Arrays.stream(chosen).map(this::length).max().orElse(1));
        int width = Matrix.roundUp(longest, multiple);
        Matrix ids = Matrix.filled(chosen.length, width, pad);
        Matrix mask = new Matrix(chosen.length, width);
        Matrix types = new Matrix(chosen.length, width);
        long tokens = 0;
        for (int i = 0; i < chosen.length; i++) {
            LabelledRow row = rows.get(chosen[i]);
            for (int j = 0; j < row.ids().length; j++) {
                ids.set(i, j, row.ids()[j]);
                mask.set(i, j, 1);
                types.set(i, j, row.types()[j]);
            }
            tokens += row.ids().length;
        }
        Map<String, HostTensor> inputs = Map.of(
                "input_ids", ids.toTensor(), "attention_mask", mask.toTensor(), "token_type_ids", types.toTensor());
        return new Batch(inputs, Optional.of(labels(chosen)), chosen.length, tokens);
    }

    private HostTensor labels(int[] chosen) {
        Shape shape = Shape.of(chosen.length);
        if (classes) {
            return HostTensor.ofLongs(
                    shape,
                    Arrays.stream(chosen)
                            .mapToLong(row -> (long) rows.get(row).label())
                            .toArray());
        }
        float[] values = new float[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
            values[i] = (float) rows.get(chosen[i]).label();
        }
        return HostTensor.ofFloats(numbers.apply(shape), values);
    }
}
