package dev.graft.training.types;

import static dev.graft.training.types.Row.attribute;
import static dev.graft.training.types.Row.dim;
import static dev.graft.training.types.Row.row;

import dev.graft.compiler.ir.Value;
import dev.graft.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Broadcasting, normalisation, attention and recurrence. */
final class ElementwiseRows {
    private ElementwiseRows() {}

    static Stream<Row> rows() {
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
                                attribute("q_num_heads", 6),
                                attribute("kv_num_heads", 2))),
                row(
                        "com.microsoft.MultiHeadAttention",
                        "[b s 8]",
                        m -> m.op(
                                "com.microsoft.MultiHeadAttention",
                                List.of(m.x("b s 8"), m.x("b t 8"), m.x("b t 8")),
                                attribute("num_heads", 2))),
                row(
                        "com.microsoft.Attention",
                        "[b s 8]",
                        m -> m.op(
                                "com.microsoft.Attention",
                                List.of(m.x("b s 8"), m.x("8 24"), m.x("24")),
                                attribute("num_heads", 2))),
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
                                        attribute("num_heads", 2),
                                        attribute("kv_num_heads", 1))
                                .get(0)),
                row(
                        "com.microsoft.GatherBlockQuantized",
                        "[b s ?0]",
                        m -> m.op(
                                "com.microsoft.GatherBlockQuantized",
                                List.of(m.input(DType.UINT8, "9 16"), m.i("b s"), m.x("9 1")),
                                attribute("block_size", 32),
                                attribute("quantize_axis", 1))),
                row(
                        "LSTM",
                        "[s 1 b 4]",
                        m -> m.ops(
                                        2,
                                        "LSTM",
                                        List.of(m.x("s b 3"), m.x("1 16 3"), m.x("1 16 4")),
                                        attribute("hidden_size", 4))
                                .get(0)),
                row(
                        "GRU",
                        "[1 b 4]",
                        m -> m.ops(
                                        2,
                                        "GRU",
                                        List.of(m.x("s b 3"), m.x("1 12 3"), m.x("1 12 4")),
                                        attribute("hidden_size", 4))
                                .get(1)),
                row(
                        "RNN",
                        "[s 1 b 4]",
                        m -> m.ops(
                                        2,
                                        "RNN",
                                        List.of(m.x("s b 3"), m.x("1 4 3"), m.x("1 4 4")),
                                        attribute("hidden_size", 4))
                                .get(0)));
    }
}
