package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.distinct;
import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.ints;
import static dev.graft.training.autodiff.rules.Input.positive;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ReductionRules}. */
final class ReductionRows {
    static final List<Row> ROWS = rows();

    private ReductionRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String operator :
                List.of("Sum", "Mean", "Max", "Min", "L1", "L2", "SumSquare", "LogSum", "LogSumExp", "Prod")) {
            reduction(rows, "Reduce" + operator, operator.equals("LogSum") ? positive(2, 3, 4) : distinct(2, 3, 4));
        }
        rows.add(row("ReduceProd", 13, 17)
                .in(Input.values(dev.graft.tensor.Shape.of(3, 3), 1, 0, 2, 0, 3, 0, 1, 2, 3))
                .with(Attribute.ofInts("axes", 1)));
        rows.add(row("ReduceL2", 13).in(floats(3, 1, 2)).with(Attribute.ofInts("axes", -1)));
        for (String operator : List.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceProd")) {
            long[] opsets = operator.equals("ReduceSum") ? new long[] {13, 18, 21} : new long[] {18, 21};
            rows.add(row(operator, opsets)
                    .in(distinct(2, 3, 4), ints(-1, 0).fed())
                    .with(Attribute.of("keepdims", 0)));
            rows.add(row(operator, opsets).in(distinct(2, 3, 4), ints(1).fed()));
            rows.add(row(operator, opsets).in(distinct(2, 3), ints()).with(Attribute.of("noop_with_empty_axes", 1)));
        }
        return rows;
    }

    private static void reduction(List<Row> rows, String operator, Input x) {
        boolean sum = operator.equals("ReduceSum");
        long[] byAttribute = sum ? new long[] {11} : new long[] {11, 13, 17};
        long[] byInput = sum ? new long[] {13, 18, 21} : new long[] {18, 21};
        rows.add(row(operator, byAttribute).in(x).with(Attribute.ofInts("axes", 0, 2)));
        rows.add(row(operator, byAttribute).in(x).with(Attribute.ofInts("axes", -2), Attribute.of("keepdims", 0)));
        rows.add(row(operator, byInput).in(x, ints(0, 2)));
        rows.add(row(operator, byInput).in(x, ints(-1)).with(Attribute.of("keepdims", 0)));
        rows.add(row(operator, 13, 18).in(x));
        rows.add(row(operator, 13, 18).in(x).with(Attribute.of("keepdims", 0)));
    }
}
