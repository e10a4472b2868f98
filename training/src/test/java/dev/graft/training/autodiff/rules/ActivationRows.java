package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.distinct;
import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Row.microsoft;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ActivationRules}, {@link GateRules} and {@link SoftmaxRules}. */
final class ActivationRows {
    static final List<Row> ROWS = rows();

    private ActivationRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("Relu", 13, 21).in(floats(2, 3, 4)));
        rows.add(row("LeakyRelu", 13, 21).in(floats(2, 3)).inFloat32());
        rows.add(row("LeakyRelu", 13, 21)
                .in(floats(7))
                .with(Attribute.of("alpha", 1.5f))
                .inFloat32());
        rows.add(row("ThresholdedRelu", 13, 21).in(distinct(4, 5).plus(0.1)).curvedInFloat32());
        rows.add(row("ThresholdedRelu", 13)
                .in(distinct(9))
                .with(Attribute.of("alpha", 0.3f))
                .curvedInFloat32());
        rows.add(row("PRelu", 13, 21).in(floats(2, 3, 4), floats(3, 1)).curvedInFloat32());
        rows.add(row("PRelu", 13, 21).in(floats(2, 3), floats(1)).curvedInFloat32());
        for (String operator : new String[] {"Elu", "Selu", "Celu"}) {
            rows.add(row(operator, 13, 21).in(floats(2, 3, 2)).curvedInFloat32());
            rows.add(row(operator, 13, 21)
                    .in(floats(8))
                    .with(Attribute.of("alpha", 0.7f))
                    .curvedInFloat32());
        }
        rows.add(row("HardSigmoid", 13, 21).in(distinct(1, 11)).curvedInFloat32());
        rows.add(row("HardSigmoid", 13)
                .in(distinct(40))
                .with(Attribute.of("alpha", 1 / 3f), Attribute.of("beta", 0.5f))
                .curvedInFloat32());
        rows.add(row("HardSwish", 14, 21).in(distinct(3, 17)).curvedInFloat32());
        gates(rows);
        softmaxes(rows);
        return rows;
    }

    private static void gates(List<Row> rows) {
        for (String operator : new String[] {"Sigmoid", "Tanh"}) {
            rows.add(row(operator, 13, 21).in(floats(2, 3, 2)));
        }
        rows.add(row("Softplus", 13, 21).in(distinct(9, 3)).inFloat32());
        rows.add(row("Softsign", 13, 21).in(floats(3, 4)).curvedInFloat32());
        rows.add(row("Mish", 18, 21).in(distinct(25)).curvedInFloat32());
        rows.add(row("Swish", 24).in(distinct(25)).curvedInFloat32());
        rows.add(row("Swish", 24)
                .in(distinct(25))
                .with(Attribute.of("alpha", 1.3f))
                .curvedInFloat32());
        rows.add(row("Gelu", 20, 21).in(distinct(5, 6)).inFloat32());
        rows.add(row("Gelu", 20, 21)
                .in(distinct(5, 6))
                .with(Attribute.of("approximate", "tanh"))
                .inFloat32());
        rows.add(microsoft("Gelu").in(distinct(5, 6)));
        rows.add(microsoft("FastGelu").in(distinct(5, 6)));
        rows.add(microsoft("FastGelu").in(floats(2, 3, 4), floats(4)));
        rows.add(microsoft("BiasGelu").in(floats(2, 3, 4), floats(4)));
        rows.add(microsoft("QuickGelu").in(distinct(5, 6)));
        rows.add(microsoft("QuickGelu").in(distinct(5, 6)).with(Attribute.of("alpha", 1f)));
    }

    private static void softmaxes(List<Row> rows) {
        for (String operator : new String[] {"Softmax", "LogSoftmax"}) {
            rows.add(row(operator, 11, 12, 13, 21).in(floats(2, 3, 4)));
            rows.add(row(operator, 11, 13, 21).in(floats(2, 3, 2, 2)).with(Attribute.of("axis", 2)));
            rows.add(row(operator, 11, 13, 21).in(floats(3, 4)).with(Attribute.of("axis", 0)));
            rows.add(row(operator, 13, 21).in(floats(3, 1, 4)).with(Attribute.of("axis", -3)));
        }
    }
}
