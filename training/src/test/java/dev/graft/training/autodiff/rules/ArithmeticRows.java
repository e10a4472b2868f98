package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.positive;
import static dev.graft.training.autodiff.rules.Row.row;

import java.util.List;

/** Rows of {@link ArithmeticRules}. */
final class ArithmeticRows {
    static final List<Row> ROWS = List.of(
            row("Add", 7, 13, 21).in(floats(2, 3, 4), floats(3, 1)),
            row("Mul", 13, 21).in(floats(2, 1, 3), floats(4, 1)),
            row("Exp", 13, 21).in(floats(2, 3)));

    private ArithmeticRows() {}
}
