package dev.graft.training.types;

import static dev.graft.compiler.ir.Attribute.ofInts;
import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.dim;
import static dev.graft.training.types.Row.row;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Windows over images and signals. */
final class WindowRows {
    private WindowRows() {}

    static Stream<Row> rows() {
        return Stream.of(
                row(
                        "Conv",
                        "[b 8 h w - 4]",
                        m -> m.op("Conv", List.of(m.x("b 3 h w"), m.x("8 3 3 5")), ofInts("pads", 1, 0, 1, 0))),
                row(
                        "Conv",
                        "[b 8 div(t + 1,2)]",
                        m -> m.op(
                                "Conv",
                                List.of(m.x("b 3 t"), m.x("8 3 3")),
                                ofInts("pads", 1, 1),
                                ofInts("strides", 2))),
                row(
                        "Conv",
                        "[b 8 div(t + 1,2)]",
                        m -> m.op(
                                "Conv",
                                List.of(m.x("b 3 t"), m.x("8 3 3")),
                                attribute("auto_pad", "SAME_UPPER"),
                                ofInts("strides", 2))),
                row("Conv", "[b 8 6]", m -> m.op("Conv", List.of(m.x("b 3 10"), m.x("8 3 3")), ofInts("dilations", 2))),
                row(
                        "MaxPool",
                        "[b 3 div(t,2)]",
                        m -> m.op("MaxPool", List.of(m.x("b 3 t")), ofInts("kernel_shape", 2), ofInts("strides", 2))),
                row(
                        "AveragePool",
                        "[b 3 t]",
                        m -> m.op(
                                "AveragePool", List.of(m.x("b 3 t")), ofInts("kernel_shape", 3), ofInts("pads", 1, 1))),
                row("LpPool", "[b 3 t - 1]", m -> m.op("LpPool", List.of(m.x("b 3 t")), ofInts("kernel_shape", 2))),
                row(
                        "MaxPool",
                        "[b 3 ?0]",
                        m -> m.op(
                                "MaxPool",
                                List.of(m.x("b 3 t")),
                                ofInts("kernel_shape", 2),
                                attribute("ceil_mode", 1))),
                row("GlobalAveragePool", "[b 3 1 1]", m -> m.op("GlobalAveragePool", m.x("b 3 h w"))),
                row(
                        "ConvTranspose",
                        "[b 10 2*t]",
                        m -> m.op(
                                "ConvTranspose",
                                List.of(m.x("b 4 t"), m.x("4 5 4")),
                                attribute("group", 2),
                                ofInts("strides", 2),
                                ofInts("pads", 1, 1))),
                row(
                        "Resize",
                        "[b 3 2*h 2*w]",
                        m -> m.op(
                                "Resize",
                                Arrays.asList(
                                        m.x("b 3 h w"),
                                        null,
                                        m.op("Cast", List.of(m.ints(1, 1, 2, 2)), attribute("to", 1))))),
                row(
                        "Resize",
                        "[b 3 7 9]",
                        m -> m.op(
                                "Resize",
                                Arrays.asList(
                                        m.x("b 3 h w"),
                                        null,
                                        null,
                                        m.op(
                                                "Concat",
                                                List.of(dim(m, "b 3 h w", 0), m.ints(3, 7, 9)),
                                                attribute("axis", 0))))));
    }
}
