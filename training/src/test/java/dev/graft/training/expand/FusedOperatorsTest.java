package dev.graft.training.expand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.Attribute;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fused operators other than attentions: the expansion gives what the operator gives. */
class FusedOperatorsTest {
    @ParameterizedTest
    @ValueSource(longs = {11, 17, 21})
    void skipLayerNormalization(long opset) {
        new OperatorGraph(opset)
                .normal("x", "batch,sequence,8", 2, 3, 8)
                .normal("skip", "batch,sequence,8", 2, 3, 8)
                .weight("gamma", 8)
                .weight("beta", 8)
                .weight("bias", 8)
                .microsoft("SkipLayerNormalization", 1, Attribute.of("epsilon", 1e-3f))
                .assertExpandsExactly();
    }

    @Test
    void skipLayerNormalizationWithoutBetaOverASharedSkip() {
        new OperatorGraph(17)
                .normal("x", "batch,sequence,8", 2, 3, 8)
                .normal("skip", "sequence,8", 3, 8)
                .weight("gamma", 8)
                .microsoft("SkipLayerNormalization", 1)
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 17, 21})
    void skipRootMeanSquare(long opset) {
        new OperatorGraph(opset)
                .normal("x", "batch,sequence,8", 2, 3, 8)
                .normal("skip", "batch,sequence,8", 2, 3, 8)
                .weight("gamma", 8)
                .weight("bias", 8)
                .microsoft("SkipSimplifiedLayerNormalization", 1, Attribute.of("epsilon", 1e-3f))
                .assertExpandsExactly();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, false"})
    void embeddings(boolean segments, boolean positions) {
        OperatorGraph graph = new OperatorGraph(17)
                .fed("ids", "batch,sequence", HostTensor.ofIntegers(DType.INT32, Shape.of(2, 3), 5, 0, 2, 1, 1, 6));
        if (segments) {
            graph.fed(
                    "segments", "batch,sequence", HostTensor.ofIntegers(DType.INT32, Shape.of(2, 3), 0, 1, 1, 0, 0, 1));
        } else {
            graph.none();
        }
        graph.weight("words", 7, 8).weight("places", 9, 8);
        if (segments) {
            graph.weight("kinds", 2, 8);
        } else {
            graph.none();
        }
        graph.weight("gamma", 8).weight("beta", 8);
        graph.fed("mask", "batch,sequence", HostTensor.ofIntegers(DType.INT32, Shape.of(2, 3), 1, 1, 0, 1, 0, 0));
        if (positions) {
            graph.fed(
                    "positions",
                    "batch,sequence",
                    HostTensor.ofIntegers(DType.INT32, Shape.of(2, 3), 2, 3, 4, 0, 1, 2));
        }
        graph.microsoft("EmbedLayerNormalization", 3, Attribute.of("mask_index_type", 1L))
                .assertExpandsExactly();
    }

    @Test
    void biasGelu() {
        new OperatorGraph(17)
                .normal("x", "batch,8", 3, 8)
                .weight("bias", 8)
                .microsoft("BiasGelu", 1)
                .assertExpandsExactly();
    }

    @Test
    void fastGeluWithABias() {
        OperatorGraph graph = new OperatorGraph(17)
                .normal("x", "batch,8", 3, 8)
                .weight("bias", 8)
                .microsoft("FastGelu", 1);
        graph.assertExpandsExactly();
        assertThat(Runs.operators(graph.model())).containsExactly("Add", "com.microsoft.FastGelu", "Identity");
    }

    @Test
    void biasSplitGeluIsTheFirstHalfTimesTheGeluOfTheSecond() {
        OperatorGraph graph = new OperatorGraph(17)
                .fed("x", "1,1,4", HostTensor.ofFloats(Shape.of(1, 1, 4), 1, 2, 3, -1))
                .stored(Tensor.ofFloats("bias", Shape.of(4), 0.5f, 0, -2, 0))
                .microsoft("BiasSplitGelu", 1);
        graph.expand();

        // gelu(1) = 0.8413447, gelu(-1) = -0.1586553: the normal distribution's value there, times x
        double[] result = Runs.run(graph.model(), graph.fed(), true).get("out0").toDoubles();
        assertThat(result)
                .containsExactly(
                        new double[] {1.5 * 0.8413447, 2 * -0.1586553}, org.assertj.core.api.Assertions.within(1e-6));
    }

    @Test
    void biasAddIsASum() {
        OperatorGraph graph = new OperatorGraph(17)
                .fed("x", "1,1,2", HostTensor.ofFloats(Shape.of(1, 1, 2), 1, 2))
                .stored(Tensor.ofFloats("bias", Shape.of(2), 10, 20))
                .fed("skip", "1,1,2", HostTensor.ofFloats(Shape.of(1, 1, 2), 100, 200))
                .microsoft("BiasAdd", 1);
        graph.expand();

        assertThat(Runs.run(graph.model(), graph.fed(), true).get("out0").toDoubles())
                .containsExactly(111, 222);
    }

    @ParameterizedTest
    @CsvSource({"Relu, NaN, NaN", "Tanh, NaN, NaN", "Sigmoid, NaN, NaN", "LeakyRelu, 0.3, NaN", "HardSigmoid, 0.3, 0.4"
    })
    void activationsBehindAProductOrAConvolution(String activation, float alpha, float beta) {
        new OperatorGraph(17)
                .normal("x", "batch,4", 3, 4)
                .weight("w", 6, 4)
                .weight("c", 6)
                .microsoft(
                        "FusedGemm",
                        1,
                        Attribute.of("activation", activation),
                        Attribute.of("activation_alpha", Float.isNaN(alpha) ? 0 : alpha),
                        Attribute.of("activation_beta", Float.isNaN(beta) ? 0 : beta),
                        Attribute.of("transB", 1L),
                        Attribute.of("alpha", 0.5f),
                        Attribute.of("beta", 2f))
                .assertExpandsExactly();
        convolution(activation, alpha, beta).assertExpandsExactly();
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 17})
    void aConvolutionThatIsClipped(long opset) {
        convolution(opset, "Clip", -0.2f, 0.5f).assertExpandsExactly();
    }

    private static OperatorGraph convolution(String activation, float alpha, float beta) {
        return convolution(17, activation, alpha, beta);
    }

    private static OperatorGraph convolution(long opset, String activation, float alpha, float beta) {
        Attribute parameters = Float.isNaN(alpha)
                ? Attribute.ofFloats("activation_params")
                : Float.isNaN(beta)
                        ? Attribute.ofFloats("activation_params", alpha)
                        : Attribute.ofFloats("activation_params", alpha, beta);
        return new OperatorGraph(opset)
                .normal("x", "batch,4,5,5", 2, 4, 5, 5)
                .weight("w", 6, 2, 3, 3)
                .weight("b", 6)
                .microsoft(
                        "FusedConv",
                        1,
                        Attribute.of("activation", activation),
                        parameters,
                        Attribute.of("group", 2L),
                        Attribute.ofInts("kernel_shape", 3, 3),
                        Attribute.ofInts("pads", 1, 1, 1, 1),
                        Attribute.ofInts("strides", 2, 2));
    }

    @Test
    void aConvolutionPlusAFourthInput() {
        new OperatorGraph(17)
                .normal("x", "batch,4,5,5", 2, 4, 5, 5)
                .weight("w", 4, 4, 1, 1)
                .weight("b", 4)
                .normal("z", "batch,4,5,5", 2, 4, 5, 5)
                .microsoft("FusedConv", 1, Attribute.of("activation", "Relu"))
                .assertExpandsExactly();
    }
}
