package dev.graft.compiler.resolve;

import static dev.graft.compiler.testing.TestAdapters.adapter;
import static dev.graft.compiler.testing.TestAdapters.embedding;
import static dev.graft.compiler.testing.TestAdapters.linear;
import static dev.graft.compiler.testing.TestAdapters.linearWithBias;
import static dev.graft.compiler.testing.TestAdapters.replacement;
import static dev.graft.compiler.testing.TestAdapters.rows;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestAdapters;
import dev.graft.compiler.testing.TestGraph;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit, and with which words it is said. */
class ResolverErrorsTest {
    @TempDir
    Path folder;

    @Test
    void aMissingModuleShowsTheNearestPlacesAndWhyNot() {
        GraftException error = refused(layers(), adapter("a", linear("model.layers.0.self_attn.qproj", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error)
                .hasMessage(
                        "none of the 1 changes of 'a' fits the model\n"
                                + "  model.layers.0.self_attn.qproj: no linear layer of this name in the model\n"
                                + "    model.layers.0.self_attn.q_proj (MatMul '/model/layers.0/self_attn/q_proj/MatMul'): its name differs\n"
                                + "    model.layers.0.self_attn.k_proj (MatMul '/model/layers.0/self_attn/k_proj/MatMul'): its name differs, "
                                + "and its weight has 4 outputs and 3 inputs, the adapter's factors are for 5 and 3\n"
                                + "    model.layers.1.self_attn.q_proj (MatMul '/model/layers.1/self_attn/q_proj/MatMul'): its name differs");
        assertThat(error.remedy()).contains("--map FILE").contains("--base-weights");
    }

    @Test
    void anExportWithoutNamesShowsThePlacesThatFitAndAsksForTheCheckpoint() {
        // given what an optimising exporter leaves: numbered nodes and values
        TestGraph graph = TestGraph.ofInput("x")
                .weight("val_1", 1, 3, 5)
                .weight("val_2", 2, 3, 5)
                .weight("val_3", 3, 5, 4)
                .node(product("node_matmul_1", "val_1"))
                .node(product("node_matmul_2", "val_2"))
                .node(product("node_matmul_3", "val_3"));

        GraftException error = refused(graph, adapter("a", linear("model.layers.0.self_attn.q_proj", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error)
                .hasMessageContaining(
                        "MatMul 'node_matmul_1', weight 'val_1': its shape fits, as one of 2, but nothing in the model names its module")
                .hasMessageContaining(
                        "MatMul 'node_matmul_2', weight 'val_2': its shape fits, as one of 2, but nothing");
        assertThat(error.getMessage()).doesNotContain("val_3");
        assertThat(error.remedy())
                .contains("--base-weights model.safetensors: weights are found by their values", "optimize=False");
    }

    @Test
    void aPlaceThatAnotherModuleHasIsSaidToBeTaken() {
        GraftException error = refused(
                layers(),
                adapter(
                        "a",
                        linear("model.layers.0.self_attn.q_proj", 5, 3),
                        linear("model.layers.0.self_attn.qproj", 5, 3)));

        assertThat(error)
                .hasMessageStartingWith("1 of the 2 changes of 'a' do not fit the model")
                .hasMessageContaining("its name differs, and it is the place of model.layers.0.self_attn.q_proj");
    }

    @Test
    void allProblemsAreInOneError() {
        GraftException error = refused(
                layers(),
                adapter(
                        "a",
                        linear("model.layers.0.self_attn.q_proj", 6, 3),
                        linear("model.layers.0.self_attn.k_proj", 4, 3),
                        linear("missing", 4, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error)
                .hasMessageStartingWith("2 of the 3 changes of 'a' do not fit the model")
                .hasMessageContaining("missing: no linear layer of this name")
                .hasMessageContaining("model.layers.0.self_attn.q_proj: the shapes do not agree (linear layer)")
                .hasMessageContaining("its weight has 5 outputs and 3 inputs, the adapter's factors are for 6 and 3");
    }

    @Test
    void aWrongShapeSaysBoth() {
        GraftException error = refused(layers(), adapter("a", linear("model.layers.0.self_attn.q_proj", 6, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_SHAPE_MISMATCH);
        assertThat(error.remedy()).contains("trained on this model");
    }

    @Test
    void aPathThatFitsSeveralPlacesListsThem() {
        GraftException error = refused(layers(), adapter("a", linear("q_proj", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_AMBIGUOUS);
        assertThat(error)
                .hasMessageContaining("q_proj: several places fit (linear layer)")
                .hasMessageContaining(
                        "model.layers.0.self_attn.q_proj (MatMul '/model/layers.0/self_attn/q_proj/MatMul'): fits, by node name")
                .hasMessageContaining("model.layers.1.self_attn.q_proj (MatMul");
    }

    @Test
    void aNumberedPrefixIsNeverDropped() {
        TestGraph graph = TestGraph.ofInput("x").weight("w", 1, 3, 5).node(product("/fc/MatMul", "w"));

        assertThat(refused(graph, adapter("a", linear("model.layers.0.fc", 5, 3)))
                        .code())
                .isEqualTo(ErrorCode.TARGET_NOT_FOUND);
    }

    @Test
    void differentPrefixesAreNotBothWrappers() {
        TestGraph graph = TestGraph.ofInput("x")
                .weight("w", 1, 3, 5)
                .node(product("/one/MatMul", "w"))
                .node(product("/two/MatMul", "w"));

        GraftException error = refused(graph, adapter("a", linear("left.one", 5, 3), linear("right.two", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_AMBIGUOUS);
        assertThat(error).hasMessageContaining("it would fit only without one of the prefixes [left, right]");
    }

    @Test
    void anOperatorOfAnotherKindIsNamed() {
        TestGraph graph = TestGraph.ofInput("x")
                .weight("embed.weight", 1, 7, 3)
                .node(nodeProto("Gather", "/embed/Gather", List.of("embed.weight", "x"), List.of("y")));

        assertThat(refused(graph, adapter("a", linear("embed", 7, 3))))
                .hasMessageContaining("no linear layer of this name in the model; what has the name is of another kind")
                .hasMessageContaining("it is Gather (embedding), the change is for a linear layer");
        assertThat(refused(graph, adapter("a", embedding("embed", 8, 3))))
                .hasMessageContaining("its weight has 3 columns and 7 rows, the adapter's factors are for 3 and 8");
        assertThat(refused(graph, adapter("a", rows("embed", 3, 7L))))
                .hasMessageContaining("its table is 7 rows of 3, the adapter replaces rows up to 7 of 3");
    }

    @Test
    void aProductOfIntegersIsNoLayer() {
        TensorProto integers = TensorProto.newBuilder()
                .setName("fc.weight_quantized")
                .setDataType(3)
                .addDims(3)
                .addDims(5)
                .setRawData(ByteString.copyFrom(new byte[15]))
                .build();
        TestGraph graph = TestGraph.ofInput("x")
                .initializer(integers)
                .node(nodeProto(
                        "MatMulInteger", "/fc/MatMul_quant", List.of("x", "fc.weight_quantized"), List.of("y")));

        assertThat(refused(graph, adapter("a", linear("fc", 5, 3))))
                .hasMessageContaining(
                        "it is MatMulInteger, which computes with integers and whose output is not the layer's");
    }

    @Test
    void aBiasThatIsNotThereIsMissed() {
        GraftException error = refused(layers(), adapter("a", linearWithBias("model.layers.0.self_attn.q_proj", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(error).hasMessageContaining("the adapter changes the bias (lora_bias, 5 elements)");
        assertThat(refused(layers(), adapter("a", replacement("model.layers.0.self_attn.q_proj", "bias", 5))))
                .hasMessageContaining("it has no stored bias");
    }

    @Test
    void whatOneAdapterReplacesAnotherCannotChange() {
        TestGraph graph = layers();
        GraftException error = refused(
                graph,
                adapter("one", replacement("model.layers.0.self_attn.q_proj", "weight", 5, 3)),
                adapter("two", linear("model.layers.0.self_attn.q_proj", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.ADAPTERS_CONFLICT);
        assertThat(error)
                .hasMessageContaining("'one' and 'two' both change it and at least one replaces it as a whole");
    }

    @Test
    void flattenedNamesThatClashAreAnError() {
        TestGraph graph = TestGraph.ofInput("x")
                .weight("w", 1, 3, 5)
                .weight("v", 9, 3, 5)
                .node(product("/a_b/c/MatMul", "w"))
                .node(product("/a/b_c/MatMul", "v"));

        GraftException error = refused(graph, TestAdapters.of("k", "kohya", linear("a_b_c", 5, 3)));

        assertThat(error.code()).isEqualTo(ErrorCode.TARGET_AMBIGUOUS);
        assertThat(error).hasMessageContaining("a_b.c (MatMul").hasMessageContaining("a.b_c (MatMul");
    }

    @Test
    void anAttemptGivesWhatFitsAndWhatDoesNot() {
        ResolutionAttempt attempt = Resolver.attempt(
                scan(layers()),
                List.of(adapter("a", linear("model.layers.0.self_attn.q_proj", 5, 3), linear("missing", 5, 3))),
                ResolveOptions.DEFAULT);

        assertThat(attempt.resolution().bindings()).hasSize(1);
        assertThat(attempt.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.module()).isEqualTo("missing");
            assertThat(problem.candidates()).hasSize(3);
        });
    }

    @Test
    void aMapNamesNodesOrWeightsAndWins() {
        ModelIndex model = scan(layers());
        for (String target : List.of("/model/layers.1/self_attn/q_proj/MatMul", "w1")) {
            Resolution resolution =
                    Resolver.resolve(model, List.of(adapter("a", linear("mine", 5, 3))), mapping("mine", target));

            assertThat(resolution.bindings())
                    .singleElement()
                    .satisfies(binding -> assertThat(binding.rule()).isEqualTo(Rule.MAP));
        }
    }

    @Test
    void wordsOfAMapThatNameNothingGetASuggestion() {
        ModelIndex model = scan(layers());
        List<WeightedAdapter> adapters = List.of(adapter("a", linear("mine", 5, 3)));

        GraftException target = catchThrowableOfType(
                GraftException.class,
                () -> Resolver.resolve(model, adapters, mapping("mine", "/model/layers.1/self_attn/q_prj/MatMul")));
        GraftException module = catchThrowableOfType(
                GraftException.class, () -> Resolver.resolve(model, adapters, mapping("mime", "w1")));

        assertThat(target.code()).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(target)
                .hasMessageContaining(
                        "the map gives '/model/layers.1/self_attn/q_prj/MatMul', which no node or weight is called")
                .hasMessageContaining("Did you mean '/model/layers.1/self_attn/q_proj/MatMul'?");
        assertThat(module.code()).isEqualTo(ErrorCode.USAGE);
        assertThat(module).hasMessage("the map names module 'mime', which no adapter changes. Did you mean 'mine'?");
    }

    private static ResolveOptions mapping(String module, String target) {
        return new ResolveOptions(Map.of(module, target), Optional.empty());
    }

    private static TestGraph layers() {
        return TestGraph.ofInput("x")
                .weight("w0", 1, 3, 5)
                .weight("k0", 5, 3, 4)
                .weight("w1", 9, 3, 5)
                .node(product("/model/layers.0/self_attn/q_proj/MatMul", "w0"))
                .node(product("/model/layers.0/self_attn/k_proj/MatMul", "k0"))
                .node(product("/model/layers.1/self_attn/q_proj/MatMul", "w1"));
    }

    private static NodeProto product(String name, String weight) {
        return nodeProto("MatMul", name, List.of("x", weight), List.of("out of " + name));
    }

    private GraftException refused(TestGraph graph, WeightedAdapter... adapters) {
        ModelIndex model = scan(graph);
        GraftException error = catchThrowableOfType(
                GraftException.class, () -> Resolver.resolve(model, List.of(adapters), ResolveOptions.DEFAULT));
        assertThat(error).isNotNull();
        return error;
    }

    private ModelIndex scan(TestGraph test) {
        return ModelScanner.scan(test.write(folder.resolve("model.onnx")));
    }
}
