package dev.graft.compiler.resolve;

import static dev.graft.compiler.testing.TestGraph.attribute;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static dev.graft.compiler.testing.TestGraph.scoped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.proto.AttributeProto;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestGraph;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How each operator's use of a weight is read: kind, orientation, block, bias, names. */
class SiteFinderTest {
    private static final AttributeProto SWAP = AttributeProto.newBuilder()
            .setName("perm")
            .addInts(1)
            .addInts(0)
            .setType(AttributeProto.AttributeType.INTS)
            .build();

    @TempDir
    Path folder;

    @Test
    void theWeightOfAMatMulIsInOut() {
        Site site = only(graph().node("MatMul", "n", List.of("x", "w"), List.of("y")));

        assertThat(site.kind()).isEqualTo(SiteKind.MATMUL);
        assertMatrix(site, Orientation.IN_OUT, 5, 3);
    }

    @Test
    void theWeightOfAMatMulOnTheLeftIsOutIn() {
        Site site = only(graph().node("MatMul", "n", List.of("w", "x"), List.of("y")));

        assertThat(site.weightInput()).isZero();
        assertMatrix(site, Orientation.OUT_IN, 3, 5);
    }

    @Test
    void theFlagsOfGemmDecide() {
        assertMatrix(only(graph().node("Gemm", "n", List.of("x", "w"), List.of("y"))), Orientation.IN_OUT, 5, 3);
        assertMatrix(
                only(graph().node("Gemm", "n", List.of("x", "w"), List.of("y"), attribute("transB", 1))),
                Orientation.OUT_IN,
                3,
                5);
        assertMatrix(
                only(graph().node("Gemm", "n", List.of("w", "x"), List.of("y"), attribute("transA", 1))),
                Orientation.IN_OUT,
                5,
                3);
        assertMatrix(
                only(graph().node(
                                "com.microsoft:FusedMatMul",
                                "n",
                                List.of("x", "w"),
                                List.of("y"),
                                attribute("transB", 1))),
                Orientation.OUT_IN,
                3,
                5);
    }

    @Test
    void aTransposeInBetweenFlips() {
        Site site = only(graph().node("Transpose", "t", List.of("w"), List.of("wt"), SWAP)
                .node("MatMul", "n", List.of("x", "wt"), List.of("y")));

        assertThat(site.weight().tensor().name()).isEqualTo("w");
        assertMatrix(site, Orientation.OUT_IN, 3, 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/model/embed_tokens/Transpose/output_0", "/model/embed_tokens/Transpose_1_output_0"})
    void aTableThatIsTheHeadsTransposeIsNamedByTheNodeThatReadsIt(String passed) {
        TestGraph tied = TestGraph.ofInput("x")
                .weight("lm_head.MatMul.weight", 1, 3, 5)
                .node(
                        "Transpose",
                        "/model/embed_tokens/Transpose",
                        List.of("lm_head.MatMul.weight"),
                        List.of(passed),
                        SWAP)
                .node("Gather", "/model/embed_tokens/Gather", List.of(passed, "x"), List.of("y"))
                .node("MatMul", "/lm_head/MatMul", List.of("y", "lm_head.MatMul.weight"), List.of("z"));

        assertThat(sites(tied))
                .extracting(site ->
                        site.names().stream().map(SiteName::module).distinct().toList())
                .containsExactly(List.of("model.embed_tokens"), List.of("lm_head"));
    }

    @Test
    void identityCastAndReshapeAreSeenThrough() {
        Site site = only(graph().initializer(TestGraph.ints("shape", 5, -1))
                .node("Identity", "i", List.of("w"), List.of("a"))
                .node("Cast", "c", List.of("a"), List.of("b"), attribute("to", 1))
                .node("Reshape", "r", List.of("b", "shape"), List.of("c"))
                .node("MatMul", "n", List.of("x", "c"), List.of("y")));

        assertThat(site.weight().tensor().name()).isEqualTo("w");
        assertMatrix(site, Orientation.IN_OUT, 3, 5);
    }

    @Test
    void aReshapedTransposeIsNoView() {
        assertThat(sites(graph().initializer(TestGraph.ints("shape", 3, 5))
                        .node("Transpose", "t", List.of("w"), List.of("a"), SWAP)
                        .node("Reshape", "r", List.of("a", "shape"), List.of("b"))
                        .node("MatMul", "n", List.of("x", "b"), List.of("y"))))
                .isEmpty();
    }

    @Test
    void aConstantNodeIsAWeight() {
        Site site = only(TestGraph.ofInput("x")
                .node(
                        "Constant",
                        "c",
                        List.of(),
                        List.of("fc.weight"),
                        attribute("value", TestGraph.tensor("", 1, 3, 5)))
                .node("MatMul", "n", List.of("x", "fc.weight"), List.of("y"))
                .output("y"));

        assertMatrix(site, Orientation.IN_OUT, 5, 3);
        assertThat(site.names()).containsExactly(new SiteName("fc", Rule.WEIGHT_NAME));
    }

    @Test
    void aConvolutionIsAMatrixOfItsOutputs() {
        Site site = only(TestGraph.ofInput("x")
                .weight("conv.weight", 1, 4, 2, 3)
                .weight("conv.bias", 1, 4)
                .node("Conv", "n", List.of("x", "conv.weight", "conv.bias"), List.of("y"))
                .output("y"));

        assertThat(site.kind()).isEqualTo(SiteKind.CONV);
        assertMatrix(site, Orientation.OUT_IN, 4, 6);
        assertThat(site.bias().orElseThrow().view().tensor().name()).isEqualTo("conv.bias");
    }

    @Test
    void anEmbeddingIsRowsByWidthHoweverItIsStored() {
        assertMatrix(only(graph().node("Gather", "n", List.of("w", "x"), List.of("y"))), Orientation.OUT_IN, 3, 5);
        assertMatrix(
                only(graph().node("Transpose", "t", List.of("w"), List.of("wt"), SWAP)
                        .node("Gather", "n", List.of("wt", "x"), List.of("y"))),
                Orientation.IN_OUT,
                5,
                3);
    }

    @Test
    void quantisedWeightsAreCountedInWeights() {
        TensorProto blocks = TensorProto.newBuilder()
                .setName("m.q_proj.MatMul.weight_Q4")
                .setDataType(2)
                .addDims(8)
                .addDims(2)
                .addDims(8)
                .setRawData(ByteString.copyFrom(new byte[128]))
                .build();
        Site site = only(TestGraph.ofInput("x")
                .initializer(blocks)
                .weight("scales", 1, 8, 2)
                .node(
                        "com.microsoft:MatMulNBits",
                        "/m/q_proj/MatMul_Q4",
                        List.of("x", "m.q_proj.MatMul.weight_Q4", "scales"),
                        List.of("y"),
                        attribute("N", 8),
                        attribute("K", 32))
                .output("y"));

        assertThat(site.kind()).isEqualTo(SiteKind.QUANTIZED_MATMUL);
        assertMatrix(site, Orientation.OUT_IN, 8, 32);
        assertThat(site.names()).containsExactly(new SiteName("m.q_proj", Rule.WEIGHT_NAME));
    }

    @Test
    void aMatMulBehindDequantizeLinearIsQuantised() {
        TensorProto bytes = TensorProto.newBuilder()
                .setName("q")
                .setDataType(3)
                .addDims(3)
                .addDims(5)
                .setRawData(ByteString.copyFrom(new byte[15]))
                .build();
        Site site = only(graph().initializer(bytes)
                .node("DequantizeLinear", "d", List.of("q", "w"), List.of("f"))
                .node("MatMul", "n", List.of("x", "f"), List.of("y")));

        assertThat(site.kind()).isEqualTo(SiteKind.QUANTIZED_MATMUL);
        assertMatrix(site, Orientation.IN_OUT, 5, 3);
    }

    @Test
    void theBiasIsGemmsOwnOrAddedOnEitherSide() {
        assertThat(biasOf(biased().node("Gemm", "n", List.of("x", "w", "b"), List.of("y"))))
                .isEqualTo("b");
        assertThat(biasOf(biased().node("MatMul", "n", List.of("x", "w"), List.of("p"))
                        .node("Add", "a", List.of("p", "b"), List.of("y"))))
                .isEqualTo("b");
        assertThat(biasOf(biased().node("MatMul", "n", List.of("x", "w"), List.of("p"))
                        .node("Add", "a", List.of("b", "p"), List.of("y"))))
                .isEqualTo("b");
        assertThat(biasOf(biased().node("MatMul", "n", List.of("x", "w"), List.of("p"))
                        .node("com.microsoft:BiasGelu", "a", List.of("p", "b"), List.of("y"))))
                .isEqualTo("b");
    }

    @Test
    void whatIsNotTheStoredBiasIsNone() {
        assertThat(biasOf(biased().node("Gemm", "n", List.of("x", "w", "b"), List.of("y"), attribute("beta", 0.5f))))
                .isEqualTo("none");
        assertThat(biasOf(biased().node("MatMul", "n", List.of("x", "w"), List.of("p"))
                        .node("Add", "a", List.of("p", "p"), List.of("y"))))
                .isEqualTo("none");
        assertThat(biasOf(biased().node("MatMul", "n", List.of("x", "w"), List.of("p"))
                        .node("Add", "a", List.of("p", "b"), List.of("y"))
                        .node("Add", "second", List.of("p", "b"), List.of("z"))))
                .isEqualTo("none");
    }

    @Test
    void theScopeComesBeforeTheNameThatTheWeightWasFoldedFrom() {
        Site site = only(graph().foldedFrom("w", "m.first.weight")
                .node(scoped(nodeProto("MatMul", "node_linear", List.of("x", "w"), List.of("y")), "m.second")));

        assertThat(site.names())
                .containsExactly(new SiteName("m.second", Rule.SCOPE), new SiteName("m.first", Rule.WEIGHT_NAME));
    }

    @Test
    void nodeNamesArePathsWithoutTheOperator() {
        Site site = only(
                graph().node("MatMul", "/model/layers.0/q_proj/base_layer/MatMul", List.of("x", "w"), List.of("y")));

        assertThat(site.names()).containsExactly(new SiteName("model.layers.0.q_proj", Rule.NODE_NAME));
    }

    @Test
    void tensorflowsNamesAreReadWithoutItsSteps() {
        Site site = only(TestGraph.ofInput("x")
                .weight("StatefulPartitionedCall/model/dense_1/MatMul/ReadVariableOp:0", 1, 3, 5)
                .node(
                        "MatMul",
                        "StatefulPartitionedCall/model/dense_1/MatMul",
                        List.of("x", "StatefulPartitionedCall/model/dense_1/MatMul/ReadVariableOp:0"),
                        List.of("y"))
                .output("y"));

        assertThat(site.names()).extracting(SiteName::module).containsExactly("model.dense_1");
    }

    @Test
    void aNamelessProductIsKnownByABiasThatNothingElseUses() {
        Site site = only(TestGraph.ofInput("x")
                .weight("182", 1, 3, 5)
                .weight("encoder.query.bias", 1, 5)
                .node("MatMul", "MatMul_31", List.of("x", "182"), List.of("p"))
                .node("Add", "Add_32", List.of("p", "encoder.query.bias"), List.of("y"))
                .output("y"));

        assertThat(site.names()).containsExactly(new SiteName("encoder.query", Rule.BIAS_NAME));
    }

    @Test
    void subgraphsUseWeightsOfTheGraphAround() {
        TestGraph body = TestGraph.empty()
                .node("MatMul", "inner", List.of("x", "w"), List.of("t"))
                .output("t");
        Site site = only(graph().node("If", "choice", List.of("x"), List.of("y"), attribute("then_branch", body)));

        assertThat(site.graph()).containsExactly("choice", "then_branch");
        assertMatrix(site, Orientation.IN_OUT, 5, 3);
    }

    @Test
    void functionsAreFollowedFromEachCall() {
        List<Site> sites = sites(graph().weight("v", 9, 3, 5)
                .function(
                        "f",
                        "Linear",
                        List.of("a", "k"),
                        List.of("r"),
                        nodeProto("MatMul", "", List.of("a", "k"), List.of("r")))
                .node("f:Linear", "/m/one/Linear", List.of("x", "w"), List.of("y"))
                .node("f:Linear", "/m/two/Linear", List.of("x", "v"), List.of("z")));

        assertThat(sites).extracting(site -> site.weight().tensor().name()).containsExactly("w", "v");
        assertThat(sites).extracting(site -> site.names().get(0).module()).containsExactly("m.one", "m.two");
        assertThat(sites.get(0).graph()).containsExactly("/m/one/Linear", "Linear");
    }

    @Test
    void normsAndOtherParametersCanBeReplaced() {
        List<Site> sites = sites(TestGraph.ofInput("x")
                .weight("m.norm.weight", 1, 5)
                .weight("m.norm.bias", 1, 5)
                .node(
                        "LayerNormalization",
                        "/m/norm/LayerNormalization",
                        List.of("x", "m.norm.weight", "m.norm.bias"),
                        List.of("y"))
                .output("y"));

        assertThat(sites).extracting(Site::kind).containsOnly(SiteKind.OTHER);
        assertThat(sites)
                .extracting(site -> site.names().get(0))
                .containsExactly(
                        new SiteName("m.norm", "weight", Rule.WEIGHT_NAME),
                        new SiteName("m.norm", "bias", Rule.WEIGHT_NAME));
    }

    @Test
    void aSharedTensorNamesOnlyTheModuleWhoseNameItHas() {
        List<Site> sites = sites(TestGraph.ofInput("x")
                .weight("m.norm1.weight", 1, 5)
                .node("Mul", "/m/norm1/Mul", List.of("x", "m.norm1.weight"), List.of("a"))
                .node("Mul", "/m/norm2/Mul", List.of("a", "m.norm1.weight"), List.of("y"))
                .output("y"));

        assertThat(sites.get(0).names()).extracting(SiteName::module).containsOnly("m.norm1");
        assertThat(sites.get(1).names()).extracting(SiteName::module).containsOnly("m.norm2");
    }

    @Test
    void functionsThatUnfoldWithoutEndAreRefused() {
        TestGraph test = graph();
        for (int i = 0; i < 40; i++) {
            NodeProto first = nodeProto("f:F" + (i + 1), "", List.of("a"), List.of("t"));
            NodeProto second = nodeProto("f:F" + (i + 1), "", List.of("t"), List.of("b"));
            test.function("f", "F" + i, List.of("a"), List.of("b"), first, second);
        }
        test.function("f", "F40", List.of("a"), List.of("b"), nodeProto("Neg", "", List.of("a"), List.of("b")));
        test.node("f:F0", "call", List.of("x"), List.of("y"));

        GraftException error = catchThrowableOfType(GraftException.class, () -> sites(test));

        assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
        assertThat(error).hasMessageContaining("the model's functions unfold to more than 20000 calls");
    }

    @Test
    void namesOfAnyLengthAreRead() {
        String tail = "_T".repeat(200_000);
        Site site = only(TestGraph.ofInput("x")
                .weight("a" + tail + ".weight" + tail, 1, 3, 5)
                .node(scoped(
                        nodeProto("MatMul", "n", List.of("x", "a" + tail + ".weight" + tail), List.of("y")),
                        "m.".repeat(200_000)))
                .output("y"));

        assertThat(site.names()).isEmpty();
    }

    @Test
    void weightsInTheRuntimesOwnLayoutsAreNoSites() {
        assertThat(sites(TestGraph.ofInput("x")
                        .weight("conv.weight", 1, 8, 8, 3)
                        .node("com.microsoft.nchwc:Conv", "/conv/Conv", List.of("x", "conv.weight"), List.of("y"))))
                .isEmpty();
    }

    @Test
    void aWeightThatIsComputedFromItselfEndsTheSearch() {
        assertThat(sites(graph().node("Identity", "one", List.of("b"), List.of("a"))
                        .node("Identity", "two", List.of("a"), List.of("b"))
                        .node("MatMul", "n", List.of("x", "a"), List.of("y"))))
                .isEmpty();
    }

    private TestGraph graph() {
        return TestGraph.ofInput("x").weight("w", 1, 3, 5);
    }

    private TestGraph biased() {
        return graph().weight("b", 1, 5);
    }

    private String biasOf(TestGraph test) {
        Site site = sites(test).stream()
                .filter(each -> each.kind() != SiteKind.OTHER)
                .findFirst()
                .orElseThrow();
        return site.bias().map(bias -> bias.view().tensor().name()).orElse("none");
    }

    private Site only(TestGraph test) {
        List<Site> sites = sites(test);
        assertThat(sites).hasSize(1);
        return sites.get(0);
    }

    private List<Site> sites(TestGraph test) {
        return SiteFinder.sites(ModelScanner.scan(test.write(folder.resolve("model.onnx"))));
    }

    private static void assertMatrix(Site site, Orientation orientation, long outputs, long inputs) {
        assertThat(Map.of(
                        "orientation", site.weight().orientation(),
                        "outputs", site.weight().outputs(),
                        "inputs", site.weight().inputs()))
                .isEqualTo(Map.of("orientation", orientation, "outputs", outputs, "inputs", inputs));
    }
}
