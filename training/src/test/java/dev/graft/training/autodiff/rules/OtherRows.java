package dev.graft.training.autodiff.rules;

import static dev.graft.training.autodiff.rules.Input.floats;
import static dev.graft.training.autodiff.rules.Input.integers;
import static dev.graft.training.autodiff.rules.Input.ints;
import static dev.graft.training.autodiff.rules.Input.positive;
import static dev.graft.training.autodiff.rules.Input.values;
import static dev.graft.training.autodiff.rules.Row.microsoft;
import static dev.graft.training.autodiff.rules.Row.row;

import dev.graft.compiler.ir.Attribute;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link ResizeRule}, {@link RotaryRules} and {@link QuantizationRules}. */
final class OtherRows {
    static final List<Row> ROWS = rows();

    private OtherRows() {}

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String mode : new String[] {"nearest", "linear", "cubic"}) {
            for (String place : new String[] {"half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"}) {
                resizes(rows, Attribute.of("mode", mode), Attribute.of("coordinate_transformation_mode", place));
            }
        }
        rows.add(row("Resize", 18, 21)
                .in(floats(1, 1, 3, 4), Input.none(), Input.none(), ints(5, 2))
                .with(Attribute.ofInts("axes", 3, 2), Attribute.of("mode", "linear"))
                .linearInFloat32());
        rows.add(row("Resize", 13, 21)
                .in(
                        floats(2, 3, 4),
                        Input.none(),
                        values(Shape.of(3), 2, 1, 1.5).stored())
                .linearInFloat32());
        rotations(rows);
        rows.add(dequantize(values(Shape.of(), 0.5), integers(DType.INT8, Shape.of(), 3)));
        rows.add(dequantize(values(Shape.of(3), 0.5, 0.25, 2), Input.none()).with(Attribute.of("axis", -1)));
        rows.add(dequantize(values(Shape.of(2), 0.5, 0.25), integers(DType.INT8, Shape.of(2), 3, -1))
                .with(Attribute.of("axis", 0)));
        return rows;
    }

    private static void resizes(List<Row> rows, Attribute... attributes) {
        Row plain = row("Resize", 13, 21).with(attributes).linearInFloat32();
        rows.add(plain.in(
                floats(1, 2, 3, 4),
                Input.none(),
                values(Shape.of(4), 1, 1, 2, 1.7).stored()));
        rows.add(plain.in(
                floats(1, 2, 3, 4),
                Input.none(),
                values(Shape.of(4), 1, 1, 0.6, 2).fed().frozen()));
        rows.add(plain.in(floats(2, 1, 3, 4), Input.none(), Input.none(), ints(2, 1, 5, 3)));
    }

    private static void rotations(List<Row> rows) {
        Input cosines = positive(6, 2).frozen();
        Input sines = floats(6, 2).frozen();
        Input positions = ints(Shape.of(2, 3), 0, 1, 2, 1, 2, 5).fed();
        for (long interleaved = 0; interleaved < 2; interleaved++) {
            Attribute order = Attribute.of("interleaved", interleaved);
            rows.add(microsoft("RotaryEmbedding")
                    .in(floats(2, 4, 3, 4), positions, cosines, sines)
                    .with(order)
                    .linearInFloat32());
            rows.add(microsoft("RotaryEmbedding")
                    .in(
                            floats(2, 3, 8),
                            positions,
                            positive(6, 1).frozen(),
                            floats(6, 1).frozen())
                    .with(order, Attribute.of("num_heads", 2), Attribute.of("rotary_embedding_dim", 2))
                    .linearInFloat32());
            rows.add(row("RotaryEmbedding", 23, 24)
                    .in(floats(2, 4, 3, 4), cosines, sines, positions)
                    .with(order)
                    .linearInFloat32());
            rows.add(row("RotaryEmbedding", 23)
                    .in(
                            floats(2, 3, 8),
                            positive(2, 3, 2).frozen(),
                            floats(2, 3, 2).frozen())
                    .with(order, Attribute.of("num_heads", 2))
                    .linearInFloat32());
        }
    }

    private static Row dequantize(Input scale, Input zero) {
        Input x = integers(DType.INT8, Shape.of(2, 3), 1, -7, 12, 100, -128, 0);
        return row("DequantizeLinear", 13, 21)
                .in(x, scale, zero)
                .linearInFloat32()
                .tolerance(1e-4);
    }
}
