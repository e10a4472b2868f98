package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ONNX Runtime's Attention and MultiHeadAttention: the expansion gives what the operator gives. */
class AttentionExpansionTest {
    private static final long HEADS = 2;

    private static OperatorGraph packed(long opset) {
        return new OperatorGraph(opset)
                .normal("x", "batch,sequence,12", 2, 5, 12)
                .weight("w", 12, 24)
                .weight("b", 24);
    }

    private static Attribute[] attributes(long unidirectional, float scale, float filter) {
        return new Attribute[] {
            Attribute.of("num_heads", HEADS),
            Attribute.of("unidirectional", unidirectional),
            Attribute.of("scale", scale),
            Attribute.of("mask_filter_value", filter)
        };
    }

    @ParameterizedTest
    @CsvSource({"11, 0, 0", "11, 1, 0.3", "17, 1, 0", "21, 0, 0.5"})
    void packedAttentionWithoutMask(long opset, long unidirectional, float scale) {
        packed(opset)
                .microsoft("Attention", 1, attributes(unidirectional, scale, -10000))
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @CsvSource({"11, 0, -10000", "17, 1, -10000", "17, 1, -3.4028234663852886e38", "21, 0, -3"})
    void packedAttentionWithAMaskByKey(long opset, long unidirectional, float filter) {
        packed(opset)
                .fed("mask", "batch,keys", ints(Shape.of(2, 5), 1, 1, 1, 0, 0, 0, 1, 1, 1, 1))
                .microsoft("Attention", 1, attributes(unidirectional, 0, filter))
                .assertExpandsExactly();
    }

    @Test
    void packedAttentionWithAMaskByQueryAndKey() {
        packed(17)
                .fed(
                        "mask",
                        "batch,sequence,keys",
                        ints(
                                Shape.of(2, 5, 5),
                                1,
                                0,
                                1,
                                0,
                                1,
                                1,
                                1,
                                0,
                                0,
                                0,
                                1,
                                1,
                                1,
                                1,
                                1,
                                0,
                                0,
                                0,
                                0,
                                1,
                                1,
                                1,
                                1,
                                0,
                                1,
                                0,
                                1,
                                1,
                                1,
                                1,
                                1,
                                1,
                                0,
                                1,
                                0,
                                1,
                                0,
                                0,
                                1,
                                1,
                                0,
                                1,
                                0,
                                1,
                                0,
                                1,
                                1,
                                1,
                                1,
                                1))
                .microsoft("Attention", 1, attributes(0, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void packedAttentionWithLengths() {
        packed(17)
                .fed("mask", "batch", ints(Shape.of(2), 3, 5))
                .microsoft("Attention", 1, attributes(0, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void packedAttentionWithEndsAndStarts() {
        packed(17)
                .fed("mask", "twice", ints(Shape.of(4), 5, 4, 2, 0))
                .microsoft("Attention", 1, attributes(1, 0, -10000))
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @CsvSource({"0", "3"})
    void packedAttentionWithAPast(long past) {
        packed(17)
                .fed("mask", "batch,keys", ones(Shape.of(2, 5 + past)))
                .normal("past", "2,batch,2,past,4", 2, 2, 2, past, 4)
                .microsoft("Attention", 2, attributes(1, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void packedAttentionWithABiasOfScores() {
        packed(17)
                .none()
                .none()
                .normal("bias", "batch,2,sequence,keys", 2, 2, 5, 5)
                .microsoft("Attention", 2, attributes(1, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void packedAttentionWithValuesOfAnotherSize() {
        new OperatorGraph(17)
                .normal("x", "batch,sequence,12", 2, 5, 12)
                .weight("w", 12, 22)
                .weight("b", 22)
                .microsoft(
                        "Attention", 1, Attribute.of("num_heads", HEADS), Attribute.ofInts("qkv_hidden_sizes", 8, 8, 6))
                .assertExpandsExactly();
    }

    private static OperatorGraph separate(long keys) {
        return new OperatorGraph(17)
                .normal("q", "batch,sequence,8", 2, 5, 8)
                .normal("k", "batch,keys,8", 2, keys, 8)
                .normal("v", "batch,keys,6", 2, keys, 6);
    }

    @ParameterizedTest
    @CsvSource({"5, 0, 0", "7, 0, 0.4", "5, 1, 0"})
    void multiHeadAttention(long keys, long unidirectional, float scale) {
        separate(keys)
                .microsoft("MultiHeadAttention", 1, attributes(unidirectional, scale, -10000))
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void multiHeadAttentionWithBiasMaskAndScoreBias(long unidirectional) {
        separate(5)
                .weight("bias", 22)
                .fed("mask", "batch,keys", ints(Shape.of(2, 5), 1, 1, 1, 0, 0, 1, 1, 1, 1, 1))
                .normal("scores", "1,2,sequence,keys", 1, 2, 5, 5)
                .microsoft("MultiHeadAttention", 1, attributes(unidirectional, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void multiHeadAttentionWithLengths() {
        separate(5)
                .none()
                .fed("mask", "batch", ints(Shape.of(2), 4, 2))
                .microsoft("MultiHeadAttention", 1, attributes(0, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void multiHeadAttentionWithAPastGivesThePresent() {
        new OperatorGraph(17)
                .normal("q", "batch,sequence,8", 2, 5, 8)
                .normal("k", "batch,sequence,8", 2, 5, 8)
                .normal("v", "batch,sequence,8", 2, 5, 8)
                .none()
                .none()
                .none()
                .normal("pastKey", "batch,2,past,4", 2, 2, 3, 4)
                .normal("pastValue", "batch,2,past,4", 2, 2, 3, 4)
                .microsoft("MultiHeadAttention", 3, attributes(1, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void multiHeadAttentionOverKeysThatAreApartAlready() {
        new OperatorGraph(17)
                .normal("q", "batch,sequence,8", 2, 5, 8)
                .normal("k", "batch,2,keys,4", 2, 2, 6, 4)
                .normal("v", "batch,2,keys,4", 2, 2, 6, 4)
                .microsoft("MultiHeadAttention", 1, attributes(0, 0, -10000))
                .assertExpandsExactly();
    }

    @Test
    void layersShareAMask() {
        OperatorGraph graph = packed(17).fed("mask", "batch,keys", ones(Shape.of(2, 5)));
        graph.microsoft("Attention", 1, attributes(0, 0, -10000));
        graph.microsoft("Attention", 1, attributes(0, 0, -10000));

        Map<String, HostTensor> expected = Runs.run(graph.model(), graph.fed(), false);
        graph.expand();

        assertThat(Runs.operators(graph.model())).containsOnlyOnce("Where");
        Runs.assertSame(Runs.run(graph.model(), graph.fed(), true), expected, 1e-5);
    }

    private static HostTensor ints(Shape shape, long... values) {
        return HostTensor.ofIntegers(DType.INT32, shape, values);
    }

    private static HostTensor ones(Shape shape) {
        long[] values = new long[Math.toIntExact(shape.elements())];
        java.util.Arrays.fill(values, 1);
        return ints(shape, values);
    }
}
