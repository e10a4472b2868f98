package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.positive;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link NormalizationRules} and {@link ChannelNormRules}. */
final class NormalizationRows {
    static final List<Row> ROWS = rows();

    private NormalizationRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        // in float64, where mean and deviation are computed again, and in float32, where the kernel gives them
        for (boolean wide : new boolean[] {true, false}) {
            layer(rows, wide, floats(2, 3, 6), floats(6), floats(6));
            layer(rows, wide, floats(2, 3, 6), floats(6).stored(), floats(6).stored());
            layer(rows, wide, floats(4, 5), floats(5));
            layer(rows, wide, floats(2, 3, 4).plus(2), floats(3, 4), floats(3, 4), Attribute.of("axis", 1));
        }
        rows.add(row("LayerNormalization", 17, 21)
                .in(floats(2, 3, 6), floats(6), floats(6))
                .outputs(3)
                .inFloat32()
                .onlyFirstOutput());
        for (String operator : new String[] {"SimplifiedLayerNormalization", "RMSNormalization"}) {
            long[] opsets = operator.startsWith("RMS") ? new long[] {23, 24} : new long[] {13, 17, 21};
            rows.add(row(operator, opsets)
                    .in(floats(2, 3, 6), floats(6))
                    .with(axis(-1))
                    .inFloat32());
            rows.add(row(operator, opsets)
                    .in(floats(3, 5), floats(5).stored())
                    .with(axis(-1), Attribute.of("epsilon", 0.1f))
                    .inFloat32());
        }
        rows.add(row("RMSNormalization", 23)
                .in(floats(2, 3, 4), floats(3, 4))
                .with(axis(1))
                .curvedInFloat32());
        rows.add(row("BatchNormalization", 14, 15, 21)
                .in(floats(2, 3, 2, 2), floats(3), floats(3), floats(3), positive(3)));
        rows.add(row("BatchNormalization", 9, 15).in(floats(4, 3), floats(3), floats(3), floats(3), positive(3)));
        rows.add(row("InstanceNormalization", 13, 21)
                .in(floats(2, 3, 7), floats(3), floats(3))
                .curvedInFloat32()
                .tolerance(3e-3));
        rows.add(row("InstanceNormalization", 13)
                .in(floats(1, 2, 3, 2), floats(2), floats(2))
                .curvedInFloat32()
                .tolerance(3e-3));
        Attribute two = Attribute.of("num_groups", 2);
        rows.add(row("GroupNormalization", 18, 20)
                .in(floats(2, 4, 3), floats(2), floats(2))
                .with(two)
                .curvedInFloat32());
        rows.add(row("GroupNormalization", 21, 23)
                .in(floats(2, 4, 2, 2), floats(4), floats(4))
                .with(two)
                .curvedInFloat32());
        return rows;
    }

    private static void layer(List<Row> rows, boolean wide, Input x, Input scale) {
        Row row = row("LayerNormalization", 17, 21).in(x, scale);
        rows.add(wide ? row : row.inFloat32());
    }

    private static void layer(List<Row> rows, boolean wide, Input x, Input scale, Input bias, Attribute... attributes) {
        Row row = row("LayerNormalization", 17, 21).in(x, scale, bias).with(attributes);
        rows.add(wide ? row : row.inFloat32());
    }

    private static Attribute axis(long axis) {
        return Attribute.of("axis", axis);
    }
}
