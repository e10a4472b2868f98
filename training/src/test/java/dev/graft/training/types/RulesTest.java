package dev.graft.training.types;

import static dev.graft.compiler.ir.Attribute.of;
import static dev.graft.compiler.ir.Attribute.ofInts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.TensorData;
import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each rule says, written by hand from the operator's specification. */
class RulesTest {
    /** @param said the dimensions and, behind a colon, the elements */
    private record Row(String operator, String said, Function<SmallModel, Value> build) {
        @Override
        public String toString() {
            return operator + " -> " + said;
        }
    }

    private static Row row(String operator, String said, Function<SmallModel, Value> build) {
        return new Row(operator, said, build);
    }

    static Stream<Row> layout() {
        return Stream.of(
                row("Reshape", "[b s 8 4]", m -> m.op("Reshape", m.x("b s 32"), m.ints(0, 0, 8, -1))),
                row("Reshape", "[b*s 32]", m -> m.op("Reshape", m.x("b s 32"), m.ints(-1, 32))),
                row("Reshape", "[s b]", m -> {
                    Value flat = m.op("Reshape", m.x("b s"), m.ints(-1));
                    return m.op("Reshape", flat, m.op("Concat", List.of(dim(m, "s", 0), m.ints(-1)), of("axis", 0)));
                }),
                row("Reshape", "[div(b*s,7) 7]", m -> m.op("Reshape", m.x("b s"), m.ints(-1, 7))),
                row("Reshape", "[?0 ?1]", m -> m.op("Reshape", m.x("b s"), m.i("2"))),
                row(
                        "Reshape",
                        "[0 s]",
                        m -> m.op(
                                "Reshape",
                                List.of(m.x("0 s"), m.op("Concat", List.of(m.ints(0), dim(m, "s", 0)), of("axis", 0))),
                                of("allowzero", 1))),
                row("Flatten", "[b*s 12]", m -> m.op("Flatten", List.of(m.x("b s 3 4")), of("axis", 2))),
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
                                m.op("Concat", List.of(dim(m, "b s", 0), m.ints(1, 4)), of("axis", 0)))),
                row("Expand", "[?0 7]", m -> m.op("Expand", m.x("1 7"), m.i("2"))),
                row("Tile", "[2*b 3*s]", m -> m.op("Tile", m.x("b s"), m.ints(2, 3))),
                row("Shape", "[3]: b, s, 4", m -> m.shape(m.x("b s 4"))),
                row("Shape", "[1]: s", m -> m.op("Shape", List.of(m.x("b s 4")), of("start", -2), of("end", -1))),
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
                                of("value", TensorData.of(longs(7))))),
                row(
                        "DepthToSpace",
                        "[b 3 2*h 2*w]",
                        m -> m.op("DepthToSpace", List.of(m.x("b 12 h w")), of("blocksize", 2))),
                row(
                        "SpaceToDepth",
                        "[b 12 div(h,2) 4]",
                        m -> m.op("SpaceToDepth", List.of(m.x("b 3 h 8")), of("blocksize", 2))));
    }

    static Stream<Row> parts() {
        return Stream.of(
                row(
                        "Concat",
                        "[b 2*s + 1]",
                        m -> m.op("Concat", List.of(m.x("? s"), m.x("b s"), m.x("b 1")), of("axis", -1))),
                row(
                        "Concat",
                        "[3]: b, null, 4",
                        m -> m.op("Concat", List.of(dim(m, "b", 0), m.i("1"), m.ints(4)), of("axis", 0))),
                row(
                        "Split",
                        "[b s 5]",
                        m -> m.ops(2, "Split", List.of(m.x("b s 8"), m.ints(3, 5)), of("axis", 2))
                                .get(1)),
                row(
                        "Split",
                        "[b s]",
                        m -> m.ops(
                                        3,
                                        "Split",
                                        List.of(m.op("Reshape", m.op("Tile", m.x("b s"), m.ints(1, 3)), m.ints(0, -1))),
                                        of("axis", 1),
                                        of("num_outputs", 3))
                                .get(2)),
                row(
                        "Split",
                        "[1]: s",
                        m -> m.ops(2, "Split", List.of(m.shape(m.x("b s")), m.ints(1, 1)), of("axis", 0))
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
                        m -> m.op("GatherElements", List.of(m.x("b 9"), m.i("b 2")), of("axis", 1))),
                row("GatherND", "[s 3]", m -> m.op("GatherND", m.x("7 5 3"), m.i("s 2"))),
                row(
                        "GatherND",
                        "[b s 3]",
                        m -> m.op("GatherND", List.of(m.x("b 5 3"), m.i("b s 1")), of("batch_dims", 1))),
                row("Pad", "[b s + 3]", m -> m.op("Pad", m.x("b s"), m.ints(0, 1, 0, 2))),
                row(
                        "Pad",
                        "[b s + 3]",
                        m -> m.op("Pad", java.util.Arrays.asList(m.x("b s"), m.ints(1, 2), null, m.ints(-1)))),
                row("Range", "[s]", m -> m.op("Range", m.index(0), m.op("Squeeze", dim(m, "s", 0)), m.index(1))),
                row("Range", "[s]", m -> {
                    Value past = m.op("Squeeze", dim(m, "p", 0));
                    return m.op("Range", past, m.op("Add", past, m.op("Squeeze", dim(m, "s", 0))), m.index(1));
                }),
                row("Range", "[3]: 1, 3, 5", m -> m.op("Range", m.index(1), m.index(6), m.index(2))),
                row(
                        "OneHot",
                        "[b 5]",
                        m -> m.op("OneHot", m.i("b"), m.index(5), m.op("Cast", List.of(m.ints(0, 1)), of("to", 1)))),
                row(
                        "TopK",
                        "[b 3]",
                        m -> m.ops(2, "TopK", List.of(m.x("b 9"), m.ints(3))).get(1)),
                row("NonZero", "[2 ?0]", m -> m.op("NonZero", m.x("b s"))));
    }

    static Stream<Row> products() {
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
                        m -> m.op("com.microsoft.FusedMatMul", List.of(m.x("b s 8"), m.x("b t 8")), of("transB", 1))),
                row(
                        "com.microsoft.TransposeMatMul",
                        "[b s t]",
                        m -> m.op(
                                "com.microsoft.TransposeMatMul", List.of(m.x("b 8 s"), m.x("b 8 t")), of("transA", 1))),
                row(
                        "com.microsoft.MatMulNBits",
                        "[b s 4]",
                        m -> m.op(
                                "com.microsoft.MatMulNBits",
                                List.of(m.x("b s 32"), m.input(DType.UINT8, "4 1 16"), m.x("4")),
                                of("K", 32),
                                of("N", 4),
                                of("bits", 4),
                                of("block_size", 32))),
                row(
                        "Gemm",
                        "[s 4]",
                        m -> m.op("Gemm", List.of(m.x("8 s"), m.x("4 8")), of("transA", 1), of("transB", 1))),
                row(
                        "Einsum",
                        "[b s h]",
                        m -> m.op("Einsum", List.of(m.x("b s 8"), m.x("8 h")), of("equation", "bij,jh->bih"))),
                row("ReduceSum", "[b 1 3]", m -> m.op("ReduceSum", m.x("b s 3"), m.ints(1))),
                row(
                        "ReduceMean",
                        "[s]",
                        m -> m.op("ReduceMean", List.of(m.x("b s 3"), m.ints(0, -1)), of("keepdims", 0))),
                row("ReduceMax", "[1 1]", m -> m.op("ReduceMax", m.x("b s"))),
                row("ReduceSum", "[b s]", m -> m.op("ReduceSum", List.of(m.x("b s")), of("noop_with_empty_axes", 1))),
                row("ReduceProd", "[]: b*s", m -> m.op("ReduceProd", List.of(m.shape(m.x("b s"))), of("keepdims", 0))),
                row("ReduceSum", "[1]: b + s", m -> m.op("ReduceSum", m.shape(m.x("b s")))),
                row("ReduceMax", "[1]: max(b,s)", m -> m.op("ReduceMax", m.shape(m.x("b s")))),
                row("ReduceMin", "[1]: 0", m -> m.op("ReduceMin", m.shape(m.x("0 s")))),
                row("ArgMax", "[b]", m -> m.op("ArgMax", List.of(m.x("b s")), of("axis", 1), of("keepdims", 0))),
                row("ArgMin", "[1 s]", m -> m.op("ArgMin", m.x("b s"))));
    }

    static Stream<Row> windows() {
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
                                of("auto_pad", "SAME_UPPER"),
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
                        m -> m.op("MaxPool", List.of(m.x("b 3 t")), ofInts("kernel_shape", 2), of("ceil_mode", 1))),
                row("GlobalAveragePool", "[b 3 1 1]", m -> m.op("GlobalAveragePool", m.x("b 3 h w"))),
                row(
                        "ConvTranspose",
                        "[b 10 2*t]",
                        m -> m.op(
                                "ConvTranspose",
                                List.of(m.x("b 4 t"), m.x("4 5 4")),
                                of("group", 2),
                                ofInts("strides", 2),
                                ofInts("pads", 1, 1))),
                row(
                        "Resize",
                        "[b 3 2*h 2*w]",
                        m -> m.op(
                                "Resize",
                                Arrays.asList(
                                        m.x("b 3 h w"), null, m.op("Cast", List.of(m.ints(1, 1, 2, 2)), of("to", 1))))),
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
                                                of("axis", 0))))));
    }

    static Stream<Row> elements() {
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
                row("Cast", "[1]: s", m -> m.op("Cast", List.of(dim(m, "s", 0)), of("to", 6))),
                row("Cast", "[1]", m -> m.op("Cast", List.of(dim(m, "s", 0)), of("to", 1))),
                row("CastLike", "[1]: s", m -> m.op("CastLike", dim(m, "s", 0), m.ints(1))),
                row(
                        "Floor",
                        "[]: 4",
                        m -> m.op("Cast", List.of(m.op("Floor", m.op("Div", m.scalar(8), m.scalar(2)))), of("to", 7))),
                row(
                        "Ceil",
                        "[]",
                        m -> m.op("Cast", List.of(m.op("Ceil", m.op("Div", m.scalar(7), m.scalar(2)))), of("to", 7))),
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
                row("Constant", "[]: 3", m -> m.op("Constant", List.of(), of("value_int", 3))),
                row("Constant", "[1]: 7", m -> m.op("Constant", List.of(), of("value", TensorData.of(longs(7))))));
    }

    static Stream<Row> elementwise() {
        return Stream.of(
                row("Relu", "[b ?0]", m -> m.op("Relu", m.x("b ?"))),
                row(
                        "Dropout",
                        "[b s]",
                        m -> m.ops(2, "Dropout", List.of(m.x("b s"))).get(1)),
                row(
                        "LayerNormalization",
                        "[b s 1]",
                        m -> m.ops(2, "LayerNormalization", List.of(m.x("b s 8"), m.x("8")))
                                .get(1)),
                row(
                        "com.microsoft.SkipLayerNormalization",
                        "[b s 8]",
                        m -> m.ops(
                                        4,
                                        "com.microsoft.SkipLayerNormalization",
                                        List.of(m.x("b s 8"), m.x("b s 8"), m.x("8")))
                                .get(3)),
                row("Add", "[b s 8]", m -> m.op("Add", m.x("b 1 8"), m.x("s 1"))),
                row("Add", "[7]", m -> m.op("Add", m.x("b"), m.x("7"))),
                row("Add", "[broadcast(a,b)]", m -> m.op("Add", m.x("b"), m.x("a"))),
                row("Add", "[broadcast(a,b)]", m -> m.op("Add", m.op("Add", m.x("b"), m.x("a")), m.x("b"))),
                // a mask cut out of a larger one, as GPT-2 has it
                row("Where", "[b 4 s s]", m -> {
                    Value mask = m.op(
                            "Slice",
                            m.input(DType.BOOL, "1 1 64 64"),
                            m.ints(0, 0),
                            m.op("Tile", dim(m, "s", 0), m.ints(2)),
                            m.ints(2, 3));
                    return m.op("Where", mask, m.x("b 4 s s"), m.scalar(0));
                }),
                row("Attention", "[b 6 s 5]", m -> m.op("Attention", m.x("b 6 s 4"), m.x("b 2 t 4"), m.x("b 2 t 5"))),
                row(
                        "Attention",
                        "[b s 18]",
                        m -> m.op(
                                "Attention",
                                List.of(m.x("b s 24"), m.x("b t 8"), m.x("b t 6")),
                                of("q_num_heads", 6),
                                of("kv_num_heads", 2))),
                row(
                        "com.microsoft.MultiHeadAttention",
                        "[b s 8]",
                        m -> m.op(
                                "com.microsoft.MultiHeadAttention",
                                List.of(m.x("b s 8"), m.x("b t 8"), m.x("b t 8")),
                                of("num_heads", 2))),
                row(
                        "com.microsoft.Attention",
                        "[b s 8]",
                        m -> m.op(
                                "com.microsoft.Attention",
                                List.of(m.x("b s 8"), m.x("8 24"), m.x("24")),
                                of("num_heads", 2))),
                row(
                        "com.microsoft.EmbedLayerNormalization",
                        "[b s 8]",
                        m -> m.ops(
                                        2,
                                        "com.microsoft.EmbedLayerNormalization",
                                        Arrays.asList(
                                                m.input(DType.INT32, "b s"),
                                                null,
                                                m.x("9 8"),
                                                m.x("9 8"),
                                                null,
                                                m.x("8"),
                                                m.x("8")))
                                .get(0)),
                row(
                        "com.microsoft.GroupQueryAttention",
                        "[b s 8]",
                        m -> m.ops(
                                        3,
                                        "com.microsoft.GroupQueryAttention",
                                        List.of(
                                                m.x("b s 8"),
                                                m.x("b s 4"),
                                                m.x("b s 4"),
                                                m.x("b 1 p 4"),
                                                m.x("b 1 p 4"),
                                                m.input(DType.INT32, "b"),
                                                m.input(DType.INT32, "")),
                                        of("num_heads", 2),
                                        of("kv_num_heads", 1))
                                .get(0)),
                row(
                        "com.microsoft.GatherBlockQuantized",
                        "[b s ?0]",
                        m -> m.op(
                                "com.microsoft.GatherBlockQuantized",
                                List.of(m.input(DType.UINT8, "9 16"), m.i("b s"), m.x("9 1")),
                                of("block_size", 32),
                                of("quantize_axis", 1))),
                row(
                        "LSTM",
                        "[s 1 b 4]",
                        m -> m.ops(2, "LSTM", List.of(m.x("s b 3"), m.x("1 16 3"), m.x("1 16 4")), of("hidden_size", 4))
                                .get(0)),
                row(
                        "GRU",
                        "[1 b 4]",
                        m -> m.ops(2, "GRU", List.of(m.x("s b 3"), m.x("1 12 3"), m.x("1 12 4")), of("hidden_size", 4))
                                .get(1)),
                row(
                        "RNN",
                        "[s 1 b 4]",
                        m -> m.ops(2, "RNN", List.of(m.x("s b 3"), m.x("1 4 3"), m.x("1 4 4")), of("hidden_size", 4))
                                .get(0)));
    }

    @ParameterizedTest
    @MethodSource({"layout", "parts", "products", "windows", "elements", "elementwise"})
    void aRuleSaysWhatTheSpecificationSays(Row row) {
        SmallModel model = new SmallModel();

        Value value = row.build().apply(model);

        // fresh symbols are numbered in the order in which they come up, which is no part of what is said
        assertThat(renumbered(model.said(value))).isEqualTo(row.said());
    }

    @Test
    void everyRuleThatIsNotLikeItsNeighboursHasARow() {
        Set<String> rows = Stream.of(layout(), parts(), products(), windows(), elements(), elementwise())
                .flatMap(list -> list)
                .map(Row::operator)
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> rules = Stream.of(
                        LayoutShapes.RULES,
                        PartShapes.RULES,
                        ProductShapes.RULES,
                        WindowShapes.RULES,
                        FusedShapes.RULES,
                        ElementRules.RULES,
                        ListRules.RULES)
                .flatMap(List::stream)
                .map(Rule::operator)
                .collect(Collectors.toCollection(TreeSet::new));
        // of the same formula as their neighbours in the table
        rules.removeAll(Set.of("GlobalMaxPool", "GlobalLpPool", "com.microsoft.FusedConv", "Upsample"));

        assertThat(rows).containsAll(rules);
    }

    @Test
    void anInputNamedLikeAnExpressionIsNotTakenForOne() {
        SmallModel m = new SmallModel();

        Value product = m.op("Mul", dim(m, "a", 0), dim(m, "b", 0));

        assertThat(m.said(m.op("Concat", List.of(product, dim(m, "a*b", 0)), of("axis", 0))))
                .isEqualTo("[2]: a*b, 'a*b'");
    }

    @Test
    void dimensionsWithoutANameAreEachTheirOwn() {
        SmallModel m = new SmallModel();

        Value joined = m.op("Concat", List.of(m.shape(m.x("? ?")), m.shape(m.x("?"))), of("axis", 0));

        assertThat(m.said(joined)).isEqualTo("[3]: ?0, ?1, ?2");
    }

    @Test
    void whatGrowsWithoutBoundIsGivenUp() {
        SmallModel m = new SmallModel();
        Value grown = m.op("Add", dim(m, "a", 0), dim(m, "b", 0));
        for (int i = 0; i < 40; i++) {
            grown = m.op("Mul", grown, grown);
        }

        assertThat(m.said(grown)).isEqualTo("[1]");
    }

    @Test
    void knownIntegersAreThoseOfEveryRun() {
        SmallModel m = new SmallModel();
        Value x = m.x("b 6 4");
        Value half = m.op("Div", m.op("Gather", m.shape(x), m.ints(2)), m.ints(2));
        Value rows = m.op("Gather", m.shape(x), m.ints(0));
        m.said(half);
        m.said(rows);

        GraphTypes types = GraphTypes.of(m.model());

        assertThat(types.known(half))
                .hasValueSatisfying(known -> assertThat(known).containsExactly(2));
        assertThat(types.known(rows)).isEmpty();
        assertThat(types.known(x)).isEmpty();
    }

    private static Value dim(SmallModel m, String dims, long axis) {
        return m.op("Gather", m.shape(m.x(dims)), m.ints(axis));
    }

    private static Tensor longs(long value) {
        byte[] bytes = java.nio.ByteBuffer.allocate(8)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        return new Tensor("value", DType.INT64, Shape.of(1), dev.graft.tensor.ByteSource.ofArray(bytes));
    }

    private static String renumbered(String said) {
        Map<String, String> numbers = new java.util.HashMap<>();
        return java.util.regex.Pattern.compile("\\?[0-9]+")
                .matcher(said)
                .replaceAll(found -> numbers.computeIfAbsent(found.group(), any -> "?" + numbers.size()));
    }
}
