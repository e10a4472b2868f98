package dev.graft.training.types;

import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.dim;
import static dev.graft.training.types.Row.row;

import dev.graft.compiler.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Operators that join, cut and pick. */
final class PartRows {
    private PartRows() {}

    static Stream<Row> rows() {
        return Stream.of(
                row(
                        "Concat",
                        "[b 2*s + 1]",
                        m -> m.op("Concat", List.of(m.x("? s"), m.x("b s"), m.x("b 1")), attribute("axis", -1))),
                row(
                        "Concat",
                        "[3]: b, null, 4",
                        m -> m.op("Concat", List.of(dim(m, "b", 0), m.i("1"), m.ints(4)), attribute("axis", 0))),
                row(
                        "Split",
                        "[b s 5]",
                        m -> m.ops(2, "Split", List.of(m.x("b s 8"), m.ints(3, 5)), attribute("axis", 2))
                                .get(1)),
                row(
                        "Split",
                        "[b s]",
                        m -> m.ops(
                                        3,
                                        "Split",
                                        List.of(m.op("Reshape", m.op("Tile", m.x("b s"), m.ints(1, 3)), m.ints(0, -1))),
                                        attribute("axis", 1),
                                        attribute("num_outputs", 3))
                                .get(2)),
                row(
                        "Split",
                        "[1]: s",
                        m -> m.ops(2, "Split", List.of(m.shape(m.x("b s")), m.ints(1, 1)), attribute("axis", 0))
                                .get(1)),
                row("Slice", "[max(0,s - 1)]", m -> m.op("Slice", m.x("s"), m.ints(1), m.ints(Long.MAX_VALUE))),
                row("Slice", "[max(0,s - 1)]", m -> m.op("Slice", m.x("s"), m.ints(0), m.ints(-1))),
                row("Slice", "[b 2]", m -> m.op("Slice", m.x("b 8"), m.ints(-6), m.ints(-2), m.ints(1), m.ints(2))),
                row(
                        "Slice",
                        "[s 8]",
                        m -> m.op(
                                "Slice",
                                m.x("s 8"),
                                m.ints(-1, -1),
                                m.ints(Long.MIN_VALUE, -9),
                                m.ints(0, 1),
                                m.ints(-1, -1))),
                row("Slice", "[min(64,s)]", m -> m.op("Slice", m.x("64"), m.ints(0), dim(m, "s", 0))),
                row("Slice", "[?0]", m -> m.op("Slice", m.x("s"), m.i("1"), m.ints(4))),
                row("Slice", "[2]: s, 3", m -> m.op("Slice", m.shape(m.x("b s 3")), m.ints(-2), m.ints(9))),
                row(
                        "Slice",
                        "[3]: 3, s, b",
                        m -> m.op("Slice", m.shape(m.x("b s 3")), m.ints(-1), m.ints(-9), m.ints(0), m.ints(-1))),
                row("Gather", "[s b 3]", m -> m.op("Gather", m.x("9 3"), m.i("s b"))),
                row("Gather", "[]: s", m -> m.op("Gather", m.shape(m.x("b s")), m.index(-1))),
                row("Gather", "[2]: s, b", m -> m.op("Gather", m.shape(m.x("b s")), m.ints(1, 0))),
                row(
                        "GatherElements",
                        "[b 2]",
                        m -> m.op("GatherElements", List.of(m.x("b 9"), m.i("b 2")), attribute("axis", 1))),
                row("GatherND", "[s 3]", m -> m.op("GatherND", m.x("7 5 3"), m.i("s 2"))),
                row(
                        "GatherND",
                        "[b s 3]",
                        m -> m.op("GatherND", List.of(m.x("b 5 3"), m.i("b s 1")), attribute("batch_dims", 1))),
                row("Pad", "[b s + 3]", m -> m.op("Pad", m.x("b s"), m.ints(0, 1, 0, 2))),
                row("Pad", "[b s + 3]", m -> m.op("Pad", Arrays.asList(m.x("b s"), m.ints(1, 2), null, m.ints(-1)))),
                row("Range", "[s]", m -> m.op("Range", m.index(0), m.op("Squeeze", dim(m, "s", 0)), m.index(1))),
                row("Range", "[s]", m -> {
                    Value past = m.op("Squeeze", dim(m, "p", 0));
                    return m.op("Range", past, m.op("Add", past, m.op("Squeeze", dim(m, "s", 0))), m.index(1));
                }),
                row("Range", "[3]: 1, 3, 5", m -> m.op("Range", m.index(1), m.index(6), m.index(2))),
                row(
                        "OneHot",
                        "[b 5]",
                        m -> m.op(
                                "OneHot",
                                m.i("b"),
                                m.index(5),
                                m.op("Cast", List.of(m.ints(0, 1)), attribute("to", 1)))),
                row(
                        "TopK",
                        "[b 3]",
                        m -> m.ops(2, "TopK", List.of(m.x("b 9"), m.ints(3))).get(1)),
                row("NonZero", "[2 ?0]", m -> m.op("NonZero", m.x("b s"))));
    }
}
