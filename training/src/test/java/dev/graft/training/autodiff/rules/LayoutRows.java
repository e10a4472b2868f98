package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.ints;
import static dev.graft.training.autodiff.rules.Input.values;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link LayoutRules} and {@link PartRules}. */
final class LayoutRows {
    static final List<Row> ROWS = rows();

    private LayoutRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("Identity", 13, 21).in(floats(2, 3)));
        rows.add(row("Cast", 13, 21)
                .in(floats(2, 3))
                .with(Attribute.of("to", DType.FLOAT64.onnxNumber()))
                .inFloat32());
        rows.add(row("CastLike", 15, 21).in(floats(2, 3), floats(1).stored()));
        rows.add(row("Dropout", 13, 21).in(floats(2, 3)));
        rows.add(row("Dropout", 13, 21)
                .in(
                        floats(2, 3),
                        values(Shape.of(), 0.5).stored(),
                        Input.truths(Shape.of(), 0).stored()));
        rows.add(row("Reshape", 13, 21).in(floats(2, 3, 4), ints(0, -1, 2)));
        rows.add(row("Reshape", 13, 21).in(floats(2, 3, 4), ints(6, 4).fed()));
        rows.add(row("Reshape", 14).in(floats(6), ints(3, 2)).with(Attribute.of("allowzero", 1)));
        rows.add(row("Flatten", 13, 21).in(floats(2, 3, 2)).with(Attribute.of("axis", 2)));
        rows.add(row("Squeeze", 11).in(floats(1, 3, 1)).with(Attribute.ofInts("axes", 0, -1)));
        rows.add(row("Squeeze", 13, 21).in(floats(1, 3, 1), ints(0, -1)));
        rows.add(row("Squeeze", 13, 21).in(floats(1, 3, 1, 2), ints(2).fed()));
        rows.add(row("Squeeze", 13).in(floats(3, 2)));
        rows.add(row("Unsqueeze", 11).in(floats(2, 3)).with(Attribute.ofInts("axes", 0, 3)));
        rows.add(row("Unsqueeze", 13, 21).in(floats(2, 3), ints(-1, 1)));
        rows.add(row("Unsqueeze", 13, 21).in(floats(), ints(0).fed()));
        rows.add(row("Transpose", 13, 21).in(floats(2, 3, 4, 1)));
        rows.add(row("Transpose", 13, 21).in(floats(2, 3, 4)).with(Attribute.ofInts("perm", 2, 0, 1)));
        rows.add(row("Expand", 13, 21).in(floats(3, 1), ints(2, 3, 4)));
        rows.add(row("Expand", 13, 21).in(floats(3, 1), ints(1, 1, 2).fed()));
        rows.add(row("Expand", 13).in(floats(), ints(2, 2)));
        rows.add(row("Tile", 13, 21).in(floats(2, 3), ints(3, 2)));
        rows.add(row("Tile", 13, 21).in(floats(2, 1, 3), ints(1, 4, 2).fed()));
        for (String mode : new String[] {"DCR", "CRD"}) {
            rows.add(row("DepthToSpace", 13, 21)
                    .in(floats(1, 8, 2, 3))
                    .with(Attribute.of("blocksize", 2), Attribute.of("mode", mode)));
        }
        rows.add(row("SpaceToDepth", 13, 21).in(floats(2, 1, 4, 6)).with(Attribute.of("blocksize", 2)));
        parts(rows);
        slices(rows);
        pads(rows);
        return rows;
    }

    private static void parts(List<Row> rows) {
        rows.add(row("Concat", 11, 13, 21)
                .in(floats(2, 3), floats(2, 1), floats(2, 2))
                .with(Attribute.of("axis", 1)));
        rows.add(row("Concat", 13, 21).in(floats(1, 3).stored(), floats(2, 3)).with(Attribute.of("axis", -2)));
        rows.add(row("Concat", 13, 21)
                .in(floats(3), floats(2).frozen(), floats(1))
                .with(Attribute.of("axis", 0)));
        rows.add(row("Concat", 13).in(floats(3)).with(Attribute.of("axis", 0)));
        rows.add(row("Split", 11).in(floats(4, 3)).outputs(2));
        rows.add(row("Split", 13, 17).in(floats(4, 3)).outputs(2));
        rows.add(row("Split", 18, 21).in(floats(5, 3)).outputs(2).with(Attribute.of("num_outputs", 2)));
        rows.add(row("Split", 13, 21).in(floats(2, 6), ints(1, 3, 2)).outputs(3).with(Attribute.of("axis", -1)));
        rows.add(row("Trilu", 14, 21).in(floats(2, 3, 4)));
        rows.add(row("Trilu", 14, 21).in(floats(3, 3), ints(Shape.of(), -1)).with(Attribute.of("upper", 0)));
        for (long reverse = 0; reverse < 2; reverse++) {
            for (long exclusive = 0; exclusive < 2; exclusive++) {
                rows.add(row("CumSum", 14, 21)
                        .in(floats(2, 3, 2), ints(Shape.of(), 1))
                        .with(Attribute.of("reverse", reverse), Attribute.of("exclusive", exclusive)));
            }
        }
        rows.add(row("CumSum", 11, 14).in(floats(4), ints(Shape.of(), -1).fed()));
    }

    private static void slices(List<Row> rows) {
        rows.add(row("Slice", 11, 13, 21).in(floats(4, 5), ints(1, -3), ints(3, 9)));
        rows.add(row("Slice", 13, 21).in(floats(4, 5, 2), ints(-2), ints(-1), ints(1)));
        rows.add(row("Slice", 13, 21).in(floats(4, 5), ints(1), ints(Long.MAX_VALUE), ints(-1), ints(1)));
        rows.add(row("Slice", 13, 21).in(floats(7, 2), ints(0), ints(7), ints(0), ints(3)));
        rows.add(row("Slice", 13, 21).in(floats(5, 4), ints(-1, 3), ints(-9, 0), ints(0, 1), ints(-2, -1)));
        rows.add(row("Slice", 13, 21).in(floats(5, 4), ints(1).fed(), ints(3).fed(), ints(0)));
        rows.add(row("Slice", 13, 21).in(floats(5, 4), ints(1).fed(), ints(4).fed(), ints(1).fed(), ints(2).fed()));
    }

    private static void pads(List<Row> rows) {
        rows.add(row("Pad", 11, 13, 21).in(floats(2, 3), ints(1, 0, 2, -1)));
        rows.add(row("Pad", 13, 21).in(floats(2, 3), ints(1, 0, 2, 1).fed(), values(Shape.of(), 0.5)));
        rows.add(row("Pad", 18, 21).in(floats(2, 3), ints(1, 2), values(Shape.of(), 0.5), ints(-1)));
        rows.add(row("Pad", 18, 21).in(floats(2, 3), ints(1, 2), Input.none(), ints(0)));
        for (String mode : new String[] {"reflect", "edge"}) {
            rows.add(row("Pad", 16, 21).in(floats(3, 4), ints(1, 2, 2, 0)).with(Attribute.of("mode", mode)));
            rows.add(row("Pad", 18, 21)
                    .in(floats(3, 4), ints(1, 2), Input.none(), ints(1))
                    .with(Attribute.of("mode", mode)));
        }
        rows.add(row("Pad", 19, 21).in(floats(3, 4), ints(1, 2, 2, 0)).with(Attribute.of("mode", "wrap")));
    }
}
