package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.distinct;
import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.integers;
import static dev.graft.training.autodiff.rules.Input.ints;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link IndexRules}. */
final class IndexRows {
    private static final long[] OPSETS = {13, 16, 21};

    static final List<Row> ROWS = rows();

    private IndexRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (long axis = 0; axis < 3; axis++) {
            Attribute along = Attribute.of("axis", axis);
            rows.add(row("Gather", OPSETS)
                    .in(floats(3, 4, 3), ints(Shape.of(2, 2), 0, -1, 2, 0).fed())
                    .with(along));
            rows.add(row("Gather", OPSETS)
                    .in(floats(3, 4, 3), ints(Shape.of(), 1))
                    .with(along));
            rows.add(row("Gather", OPSETS)
                    .in(floats(3, 4, 3), ints(Shape.of(), -1))
                    .with(along));
            rows.add(row("Gather", OPSETS)
                    .in(floats(3, 4, 3), ints(Shape.of(), -2).fed())
                    .with(along));
        }
        rows.add(row("Gather", OPSETS)
                .in(floats(5), integers(DType.INT32, Shape.of(3), 1, 1, 4).fed()));
        rows.add(row("Gather", 16, 21).in(floats(2, 5), ints(1)).with(Attribute.of("axis", -1)));
        rows.add(row("GatherElements", 16, 21)
                .in(floats(3, 4), ints(Shape.of(2, 4), 0, -1, 1, 2, 0, 2, 1, -3).fed()));
        rows.add(row("GatherElements", 16, 21)
                .in(floats(3, 4), ints(Shape.of(3, 2), 0, 0, 3, -1, 2, 1))
                .with(Attribute.of("axis", -1)));
        rows.add(row("GatherND", 16, 21)
                .in(floats(3, 4, 2), ints(Shape.of(3, 2), 0, 1, 2, -1, 0, 1).fed()));
        rows.add(row("GatherND", 16, 21)
                .in(floats(2, 3, 4), ints(Shape.of(2, 2, 1), 0, 2, -1, 2).fed())
                .with(Attribute.of("batch_dims", 1)));
        for (long axis = 0; axis < 2; axis++) {
            Row along = row("ScatterElements", OPSETS)
                    .in(floats(3, 3), ints(Shape.of(2, 2), 0, 2, -1, 1).fed(), floats(2, 2))
                    .with(Attribute.of("axis", axis));
            rows.add(along);
        }
        rows.add(row("ScatterElements", 16, 21)
                .in(floats(3, 3), ints(Shape.of(2, 2), 1, 2, 1, 1), floats(2, 2))
                .with(Attribute.of("reduction", "add")));
        rows.add(row("ScatterND", OPSETS)
                .in(floats(4, 3), ints(Shape.of(2, 1), 3, -3).fed(), floats(2, 3)));
        rows.add(row("ScatterND", 16, 21)
                .in(floats(4, 3), ints(Shape.of(3, 2), 1, 1, 0, 2, 1, 1), floats(3))
                .with(Attribute.of("reduction", "add")));
        rows.add(row("TopK", 11, 13, 21).in(distinct(3, 5), ints(2)).outputs(2));
        rows.add(row("TopK", 13)
                .in(distinct(3, 5), ints(2).fed())
                .outputs(2)
                .with(Attribute.of("axis", 0), Attribute.of("largest", 0)));
        return rows;
    }
}
