package dev.graft.training.types;

import static dev.graft.compiler.ir.Attribute.ofInts;
import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.dim;
import static dev.graft.training.types.Row.longs;
import static dev.graft.training.types.Row.row;

import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import java.util.List;
import java.util.stream.Stream;

/** Operators that see the same elements under another shape, or repeat them. */
final class LayoutRows {
    private LayoutRows() {}

    static Stream<Row> rows() {
        return Stream.of(
                row("Reshape", "[b s 8 4]", m -> m.op("Reshape", m.x("b s 32"), m.ints(0, 0, 8, -1))),
                row("Reshape", "[b*s 32]", m -> m.op("Reshape", m.x("b s 32"), m.ints(-1, 32))),
                row("Reshape", "[s b]", m -> {
                    Value flat = m.op("Reshape", m.x("b s"), m.ints(-1));
                    return m.op(
                            "Reshape", flat, m.op("Concat", List.of(dim(m, "s", 0), m.ints(-1)), attribute("axis", 0)));
                }),
                row("Reshape", "[div(b*s,7) 7]", m -> m.op("Reshape", m.x("b s"), m.ints(-1, 7))),
                row("Reshape", "[?0 ?1]", m -> m.op("Reshape", m.x("b s"), m.i("2"))),
                row(
                        "Reshape",
                        "[0 s]",
                        m -> m.op(
                                "Reshape",
                                List.of(
                                        m.x("0 s"),
                                        m.op("Concat", List.of(m.ints(0), dim(m, "s", 0)), attribute("axis", 0))),
                                attribute("allowzero", 1))),
                row("Flatten", "[b*s 12]", m -> m.op("Flatten", List.of(m.x("b s 3 4")), attribute("axis", 2))),
                row("Transpose", "[s 3 b]", m -> m.op("Transpose", List.of(m.x("b s 3")), ofInts("perm", 1, 2, 0))),
                row("Transpose", "[3 s b]", m -> m.op("Transpose", m.x("b s 3"))),
                row("Squeeze", "[b s]", m -> m.op("Squeeze", m.x("1 b s 1"), m.ints(0, -1))),
                row("Squeeze", "unknown rank", m -> m.op("Squeeze", m.x("1 b"))),
                row("Squeeze", "[2]", m -> m.op("Squeeze", m.x("1 2 1"))),
                row("Unsqueeze", "[1 b s 1]", m -> m.op("Unsqueeze", m.x("b s"), m.ints(0, -1))),
                row(
                        "Expand",
                        "[b s 4]",
                        m -> m.op(
                                "Expand",
                                m.x("s 1"),
                                m.op("Concat", List.of(dim(m, "b s", 0), m.ints(1, 4)), attribute("axis", 0)))),
                row("Expand", "[?0 7]", m -> m.op("Expand", m.x("1 7"), m.i("2"))),
                row("Tile", "[2*b 3*s]", m -> m.op("Tile", m.x("b s"), m.ints(2, 3))),
                row("Shape", "[3]: b, s, 4", m -> m.shape(m.x("b s 4"))),
                row(
                        "Shape",
                        "[1]: s",
                        m -> m.op("Shape", List.of(m.x("b s 4")), attribute("start", -2), attribute("end", -1))),
                row("Size", "[]: 4*b*s", m -> m.op("Size", m.x("b s 4"))),
                row("ConstantOfShape", "[b s]", m -> m.op("ConstantOfShape", m.shape(m.x("b s")))),
                row(
                        "ConstantOfShape",
                        "[2]: 7, 7",
                        m -> m.op(
                                "ConstantOfShape",
                                List.of(m.shape(m.x("b s"))).stream()
                                        .map(m::shape)
                                        .toList(),
                                attribute("value", TensorData.of(longs(7))))),
                row(
                        "DepthToSpace",
                        "[b 3 2*h 2*w]",
                        m -> m.op("DepthToSpace", List.of(m.x("b 12 h w")), attribute("blocksize", 2))),
                row(
                        "SpaceToDepth",
                        "[b 12 div(h,2) 4]",
                        m -> m.op("SpaceToDepth", List.of(m.x("b 3 h 8")), attribute("blocksize", 2))));
    }
}
