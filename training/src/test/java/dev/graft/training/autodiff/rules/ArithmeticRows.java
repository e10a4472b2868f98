package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.distinct;
import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.ints;
import static dev.graft.training.autodiff.rules.Input.positive;
import static dev.graft.training.autodiff.rules.Input.truths;
import static dev.graft.training.autodiff.rules.Input.values;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ArithmeticRules}, {@link PowerRule} and {@link SelectionRules}. */
final class ArithmeticRows {
    private static final long[] OPSETS = {13, 17, 21};

    static final List<Row> ROWS = rows();

    private ArithmeticRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String operator : new String[] {"Add", "Sub", "Mul", "Div"}) {
            rows.add(row(operator, 7, 13, 21).in(floats(2, 3, 4), floats(3, 1)));
            rows.add(row(operator, OPSETS).in(floats(2, 1, 3), floats(5, 2, 4, 1)));
            rows.add(row(operator, OPSETS).in(floats(), floats(3)));
            rows.add(row(operator, OPSETS).in(floats(3, 2), floats(3, 2)));
            rows.add(row(operator, OPSETS).in(floats(3, 2), floats(2).stored()));
        }
        rows.add(row("Sum", 13, 21).in(floats(2, 3), floats(3), floats(2, 1)));
        rows.add(row("Sum", 8, 13).in(floats(2, 3)));
        rows.add(row("Mean", 13, 21)
                .in(floats(2, 3), floats(3), floats(2, 1))
                .inFloat32()
                .tolerance(1e-4));
        for (String operator : new String[] {"Neg", "Abs", "Reciprocal", "Exp", "Sin", "Cos"}) {
            rows.add(row(operator, 13, 21).in(floats(2, 3, 1, 4)));
        }
        rows.add(row("Neg", 13, 21).in(floats()));
        rows.add(row("Sqrt", 13, 21).in(positive(2, 3)));
        rows.add(row("Log", 13, 21).in(positive(5)));
        rows.add(row("Erf", 13, 21).in(floats(3, 4)).inFloat32());
        powers(rows);
        selections(rows);
        return rows;
    }

    private static void powers(List<Row> rows) {
        rows.add(row("Pow", OPSETS).in(positive(2, 3), floats(3)));
        rows.add(row("Pow", OPSETS).in(positive(3), floats(2, 1)));
        for (double exponent : new double[] {0, 1, 2, 3, 4, -1, -2}) {
            rows.add(row("Pow", 13, 21)
                    .in(floats(2, 3), values(Shape.of(), exponent).stored()));
        }
        for (double exponent : new double[] {0.5, -0.5, 1.7}) {
            rows.add(row("Pow", 13)
                    .in(positive(2, 3), values(Shape.of(1), exponent).stored()));
        }
        rows.add(row("Pow", 13, 21).in(floats(2, 3), ints(3)));
        rows.add(row("Pow", 13, 21).in(floats(2, 3), ints(3, 2, 0).fed()));
    }

    private static void selections(List<Row> rows) {
        rows.add(row("Where", 9, 13, 21).in(truths(Shape.of(2, 2), 1, 0, 0, 1), floats(2, 2), floats(2, 2)));
        rows.add(row("Where", 13, 21).in(truths(Shape.of(2, 1), 1, 0), floats(3, 1, 4), floats(4)));
        for (String operator : new String[] {"Min", "Max"}) {
            rows.add(row(operator, 13, 21).in(distinct(2, 3), distinct(3, 1, 1).plus(0.05)));
            rows.add(row(operator, 13, 21)
                    .in(
                            distinct(7),
                            distinct(5, 1).plus(0.05),
                            distinct(3, 1, 1).plus(0.1)));
            rows.add(row(operator, 13, 21)
                    .in(distinct(3, 3), values(Shape.of(), 0).stored()));
            rows.add(row(operator, 13).in(distinct(3, 3)));
        }
        rows.add(row("Clip", 11, 13, 21)
                .in(distinct(3, 4), values(Shape.of(), -0.45), values(Shape.of(), 0.6))
                .inFloat32());
        rows.add(row("Clip", 13, 21).in(distinct(3, 4), values(Shape.of(), -0.45), values(Shape.of(), 0.6)));
        rows.add(row("Clip", 13, 21).in(distinct(3, 4), Input.none(), values(Shape.of(), 0.3)));
        rows.add(row("Clip", 13, 21).in(distinct(3, 4), values(Shape.of(), 0.3).stored()));
        rows.add(row("Clip", 9, 10)
                .in(distinct(3, 4))
                .with(Attribute.of("min", -0.45f), Attribute.of("max", 0.6f))
                .inFloat32());
    }
}
