package dev.graft.training.types;

import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.row;

import dev.graft.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** Products and reductions. */
final class ProductRows {
    private ProductRows() {}

    static Stream<Row> rows() {
        return Stream.of(
                row("MatMul", "[b h s t]", m -> m.op("MatMul", m.x("b h s 8"), m.x("b h 8 t"))),
                row("MatMul", "[b s 4]", m -> m.op("MatMul", m.x("b s 8"), m.x("8 4"))),
                row("MatMul", "[b s]", m -> m.op("MatMul", m.x("b s 8"), m.x("8"))),
                row("MatMul", "[t]", m -> m.op("MatMul", m.x("8"), m.x("8 t"))),
                row(
                        "MatMulInteger",
                        "[s 4]",
                        m -> m.op("MatMulInteger", m.input(DType.UINT8, "s 8"), m.input(DType.UINT8, "8 4"))),
                row(
                        "com.microsoft.FusedMatMul",
                        "[b s t]",
                        m -> m.op(
                                "com.microsoft.FusedMatMul",
                                List.of(m.x("b s 8"), m.x("b t 8")),
                                attribute("transB", 1))),
                row(
                        "com.microsoft.TransposeMatMul",
                        "[b s t]",
                        m -> m.op(
                                "com.microsoft.TransposeMatMul",
                                List.of(m.x("b 8 s"), m.x("b 8 t")),
                                attribute("transA", 1))),
                row(
                        "com.microsoft.MatMulNBits",
                        "[b s 4]",
                        m -> m.op(
                                "com.microsoft.MatMulNBits",
                                List.of(m.x("b s 32"), m.input(DType.UINT8, "4 1 16"), m.x("4")),
                                attribute("K", 32),
                                attribute("N", 4),
                                attribute("bits", 4),
                                attribute("block_size", 32))),
                row(
                        "Gemm",
                        "[s 4]",
                        m -> m.op(
                                "Gemm",
                                List.of(m.x("8 s"), m.x("4 8")),
                                attribute("transA", 1),
                                attribute("transB", 1))),
                row(
                        "Einsum",
                        "[b s h]",
                        m -> m.op("Einsum", List.of(m.x("b s 8"), m.x("8 h")), attribute("equation", "bij,jh->bih"))),
                row("ReduceSum", "[b 1 3]", m -> m.op("ReduceSum", m.x("b s 3"), m.ints(1))),
                row(
                        "ReduceMean",
                        "[s]",
                        m -> m.op("ReduceMean", List.of(m.x("b s 3"), m.ints(0, -1)), attribute("keepdims", 0))),
                row("ReduceMax", "[1 1]", m -> m.op("ReduceMax", m.x("b s"))),
                row(
                        "ReduceSum",
                        "[b s]",
                        m -> m.op("ReduceSum", List.of(m.x("b s")), attribute("noop_with_empty_axes", 1))),
                row(
                        "ReduceProd",
                        "[]: b*s",
                        m -> m.op("ReduceProd", List.of(m.shape(m.x("b s"))), attribute("keepdims", 0))),
                row("ReduceSum", "[1]: b + s", m -> m.op("ReduceSum", m.shape(m.x("b s")))),
                row("ReduceMax", "[1]: max(b,s)", m -> m.op("ReduceMax", m.shape(m.x("b s")))),
                row("ReduceMin", "[1]: 0", m -> m.op("ReduceMin", m.shape(m.x("0 s")))),
                row(
                        "ArgMax",
                        "[b]",
                        m -> m.op("ArgMax", List.of(m.x("b s")), attribute("axis", 1), attribute("keepdims", 0))),
                row("ArgMin", "[1 s]", m -> m.op("ArgMin", m.x("b s"))));
    }
}
