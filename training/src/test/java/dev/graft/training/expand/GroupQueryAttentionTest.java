package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.PassPipeline;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A prompt: rows of 6 tokens, 4 heads of 16 over 2 heads of keys. */
class GroupQueryAttentionTest {
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;
    private static final int SIZE = 16;
    private static final int TOKENS = 6;

    static Stream<List<Attribute>> variants() {
        return Stream.of(
                List.of(),
                List.of(Attribute.of("scale", 0.37f)),
                List.of(Attribute.of("softcap", 0.8f)),
                List.of(Attribute.of("local_window_size", 3L)),
                List.of(Attribute.of("local_window_size", 1L), Attribute.of("softcap", 2f)),
                List.of(Attribute.of("smooth_softmax", 1L)),
                List.of(Attribute.of("do_rotary", 1L)),
                List.of(Attribute.of("do_rotary", 1L), Attribute.of("rotary_interleaved", 1L)));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void packed(List<Attribute> attributes) {
        lengths(query(true), TOKENS, TOKENS)
                .stored(cache("cos", SIZE / 2, true))
                .stored(cache("sin", SIZE / 2, false))
                .microsoft("GroupQueryAttention", 3, with(attributes))
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void separate(List<Attribute> attributes) {
        lengths(query(false), TOKENS, TOKENS)
                .stored(cache("cos", SIZE / 2, true))
                .stored(cache("sin", SIZE / 2, false))
                .microsoft("GroupQueryAttention", 3, with(attributes))
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void partOfAHeadIsRotated(long interleaved) {
        int all = (HEADS + 2 * KEY_HEADS) * 2 * SIZE;
        OperatorGraph query = new OperatorGraph(17)
                .normal("qkv", "batch,sequence," + all, 2, TOKENS, all)
                .none()
                .none();
        lengths(query, TOKENS, TOKENS)
                .stored(cache("cos", SIZE / 2, true))
                .stored(cache("sin", SIZE / 2, false))
                .microsoft(
                        "GroupQueryAttention",
                        3,
                        with(List.of(Attribute.of("do_rotary", 1L), Attribute.of("rotary_interleaved", interleaved))))
                .assertExpandsExactly();
    }

    @Test
    void positionsCountFromTheFirstOne() {
        lengths(query(true), TOKENS, TOKENS)
                .stored(cache("cos", SIZE / 2, true))
                .stored(cache("sin", SIZE / 2, false))
                .fed(
                        "positions",
                        "batch,sequence",
                        HostTensor.ofLongs(Shape.of(2, TOKENS), 3, 4, 5, 6, 7, 8, 3, 4, 5, 6, 7, 8))
                .microsoft("GroupQueryAttention", 3, with(List.of(Attribute.of("do_rotary", 1L))))
                .assertExpandsExactly();
    }

    @Test
    void aBiasOfScoresAndASink() {
        lengths(query(true), TOKENS, TOKENS)
                .none()
                .none()
                .none()
                .normal("bias", "1,4,sequence,total", 1, HEADS, TOKENS, TOKENS)
                .weight("sink", HEADS)
                .microsoft("GroupQueryAttention", 3, with(List.of(Attribute.of("softcap", 1.5f))))
                .assertExpandsExactly();
    }

    @Test
    void tokensInFrontOfThePaddingAreTheSame() {
        OperatorGraph graph = lengths(query(true), 4, TOKENS)
                .stored(cache("cos", SIZE / 2, true))
                .stored(cache("sin", SIZE / 2, false))
                .microsoft("GroupQueryAttention", 1, with(List.of(Attribute.of("do_rotary", 1L))));

        double[] expected = output(graph);
        graph.expand();
        double[] actual = output(graph);

        int width = HEADS * SIZE;
        List<Integer> counted = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            if (i / width < 4 || i / width >= TOKENS) {
                counted.add(i);
            }
        }
        assertThat(counted).hasSize((4 + TOKENS) * width);
        assertThat(actual).doesNotContain(Double.NaN);
        counted.forEach(
                i -> assertThat(actual[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-5)));
    }

    private static double[] output(OperatorGraph graph) {
        return Runs.run(graph.model(), graph.fed(), true).get("out0").toDoubles();
    }

    @Test
    void earlierTokensAreLeftToTheOperator() {
        OperatorGraph graph = query(true)
                .normal("pastKey", "batch,2,past,16", 2, KEY_HEADS, 3, SIZE)
                .normal("pastValue", "batch,2,past,16", 2, KEY_HEADS, 3, SIZE)
                .fed("seqlens", "batch", HostTensor.ofIntegers(DType.INT32, Shape.of(2), 3, 3))
                .fed("total", "", HostTensor.ofIntegers(DType.INT32, Shape.of(), 4))
                .microsoft("GroupQueryAttention", 3, with(List.of()));

        new PassPipeline(new FusedOperatorsPass()).run(graph.model());

        assertThat(Runs.operators(graph.model())).containsExactly("com.microsoft.GroupQueryAttention");
    }

    @Test
    void keysAreSharedWithoutBeingRepeated() {
        OperatorGraph graph = lengths(query(true), TOKENS, TOKENS).microsoft("GroupQueryAttention", 1, with(List.of()));

        graph.expand();

        assertThat(Runs.operators(graph.model())).doesNotContain("Expand", "Tile", "Concat");
    }

    private static OperatorGraph query(boolean packed) {
        int all = (HEADS + 2 * KEY_HEADS) * SIZE;
        OperatorGraph graph = new OperatorGraph(17);
        if (packed) {
            return graph.normal("qkv", "batch,sequence," + all, 2, TOKENS, all)
                    .none()
                    .none();
        }
        int keys = KEY_HEADS * SIZE;
        return graph.normal("q", "batch,sequence," + HEADS * SIZE, 2, TOKENS, HEADS * SIZE)
                .normal("k", "batch,sequence," + keys, 2, TOKENS, keys)
                .normal("v", "batch,sequence," + keys, 2, TOKENS, keys);
    }

    private static OperatorGraph lengths(OperatorGraph query, long first, long second) {
        return query.none()
                .none()
                .fed("seqlens", "batch", HostTensor.ofIntegers(DType.INT32, Shape.of(2), first - 1, second - 1))
                .fed("total", "", HostTensor.ofIntegers(DType.INT32, Shape.of(), TOKENS));
    }

    private static Attribute[] with(List<Attribute> attributes) {
        return Stream.concat(
                        Stream.of(Attribute.of("num_heads", (long) HEADS), Attribute.of("kv_num_heads", (long)
                                KEY_HEADS)),
                        attributes.stream())
                .toArray(Attribute[]::new);
    }

    private static Tensor cache(String name, int width, boolean cos) {
        int rows = 32;
        double[] values = new double[rows * width];
        for (int i = 0; i < values.length; i++) {
            double row = Math.floorDiv(i, width);
            double angle = row / Math.pow(100, (double) (i % width) / width);
            values[i] = cos ? Math.cos(angle) : Math.sin(angle);
        }
        return Tensor.ofDoubles(name, DType.FLOAT32, Shape.of(rows, width), values);
    }
}
