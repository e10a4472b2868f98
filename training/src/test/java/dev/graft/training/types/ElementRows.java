package dev.graft.training.types;

import static dev.graft.compiler.ir.Attribute.ofInts;
import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.dim;
import static dev.graft.training.types.Row.longs;
import static dev.graft.training.types.Row.row;

import dev.graft.compiler.ir.TensorData;
import java.util.List;
import java.util.stream.Stream;

/** Elements of small tensors of integers. */
final class ElementRows {
    private ElementRows() {}

    static Stream<Row> rows() {
        return Stream.of(
                row("Add", "[1]: s + 2", m -> m.op("Add", dim(m, "s", 0), m.index(2))),
                row("Sub", "[1]: 0", m -> m.op("Sub", dim(m, "s", 0), dim(m, "s", 0))),
                row("Mul", "[2]: b*s, 4*b", m -> m.op("Mul", m.shape(m.x("s 4")), dim(m, "b", 0))),
                row("Div", "[1]: b", m -> m.op("Div", m.op("Mul", dim(m, "b s", 0), dim(m, "s", 0)), dim(m, "s", 0))),
                row("Div", "[]: -3", m -> m.op("Div", m.index(-7), m.index(2))),
                row("Div", "[1]: div(s,2)", m -> m.op("Div", dim(m, "s", 0), m.index(2))),
                row("Mod", "[1]: mod(s,2)", m -> m.op("Mod", dim(m, "s", 0), m.index(2))),
                row("Neg", "[1]: -s", m -> m.op("Neg", dim(m, "s", 0))),
                row("Abs", "[1]: 3", m -> m.op("Abs", m.ints(-3))),
                row("Min", "[1]: min(8,s)", m -> m.op("Min", dim(m, "s", 0), m.ints(8))),
                row("Max", "[1]: s + 3", m -> m.op("Max", m.op("Add", dim(m, "s", 0), m.index(3)), m.ints(3))),
                row("Identity", "[1]: s", m -> m.op("Identity", dim(m, "s", 0))),
                row("Cast", "[1]: s", m -> m.op("Cast", List.of(dim(m, "s", 0)), attribute("to", 6))),
                row("Cast", "[1]", m -> m.op("Cast", List.of(dim(m, "s", 0)), attribute("to", 1))),
                row("CastLike", "[1]: s", m -> m.op("CastLike", dim(m, "s", 0), m.ints(1))),
                row(
                        "Floor",
                        "[]: 4",
                        m -> m.op(
                                "Cast",
                                List.of(m.op("Floor", m.op("Div", m.scalar(8), m.scalar(2)))),
                                attribute("to", 7))),
                row(
                        "Ceil",
                        "[]",
                        m -> m.op(
                                "Cast",
                                List.of(m.op("Ceil", m.op("Div", m.scalar(7), m.scalar(2)))),
                                attribute("to", 7))),
                row("Round", "[]: 5", m -> m.op("Round", m.scalar(5))),
                row("Sqrt", "[]: 8", m -> m.op("Sqrt", m.scalar(64))),
                row("Sum", "[]: 5", m -> m.op("Sum", m.scalar(2), m.scalar(3))),
                row(
                        "Equal",
                        "[3]: 0, 0, 1",
                        m -> m.op("Equal", m.shape(m.x("b 4 1")), m.op("Mul", m.ints(1, 5, -1), m.ints(-1, 1, -1)))),
                row("Equal", "[1]", m -> m.op("Equal", dim(m, "s", 0), m.ints(4))),
                row("Less", "[1]: 1", m -> m.op("Less", m.ints(-1), dim(m, "s", 0))),
                row("Greater", "[1]: 0", m -> m.op("Greater", m.ints(0), dim(m, "s", 0))),
                row("LessOrEqual", "[1]: 1", m -> m.op("LessOrEqual", m.ints(0), dim(m, "s", 0))),
                row("GreaterOrEqual", "[1]", m -> m.op("GreaterOrEqual", m.ints(1), dim(m, "s", 0))),
                row("Not", "[1]: 0", m -> m.op("Not", m.op("Equal", m.ints(1), m.ints(1)))),
                row(
                        "And",
                        "[1]: 0",
                        m -> m.op("And", m.op("Less", m.ints(1), m.ints(2)), m.op("Less", m.ints(2), m.ints(1)))),
                row(
                        "Or",
                        "[1]: 1",
                        m -> m.op("Or", m.op("Less", m.ints(1), m.ints(2)), m.op("Less", m.ints(2), m.ints(1)))),
                row(
                        "Xor",
                        "[1]: 1",
                        m -> m.op("Xor", m.op("Less", m.ints(1), m.ints(2)), m.op("Less", m.ints(2), m.ints(1)))),
                row(
                        "Where",
                        "[2]: b, 1",
                        m -> m.op("Where", m.op("Equal", m.ints(4, -1), m.ints(-1)), m.ints(1), dim(m, "b", 0))),
                row(
                        "Where",
                        "[2]: 9, null",
                        m -> m.op("Where", m.op("Equal", m.i("2"), m.ints(-1)), m.ints(9, 8), m.ints(9, 7))),
                row("Unsqueeze", "[1]: s", m -> m.op("Unsqueeze", m.op("Squeeze", dim(m, "s", 0)), m.ints(0))),
                row("Squeeze", "[]: s", m -> m.op("Squeeze", dim(m, "s", 0))),
                row("Reshape", "[1]: s", m -> m.op("Reshape", m.op("Squeeze", dim(m, "s", 0)), m.ints(-1))),
                row("Expand", "[3]: s, s, s", m -> m.op("Expand", dim(m, "s", 0), m.ints(3))),
                row("Tile", "[4]: b, s, b, s", m -> m.op("Tile", m.shape(m.x("b s")), m.ints(2))),
                row("Constant", "[2]: 3, 4", m -> m.op("Constant", List.of(), ofInts("value_ints", 3, 4))),
                row("Constant", "[]: 3", m -> m.op("Constant", List.of(), attribute("value_int", 3))),
                row(
                        "Constant",
                        "[1]: 7",
                        m -> m.op("Constant", List.of(), attribute("value", TensorData.of(longs(7))))));
    }
}
