package dev.graft.compiler.resolve;

import static dev.graft.compiler.testing.TestAdapters.adapter;
import static dev.graft.compiler.testing.TestAdapters.conv;
import static dev.graft.compiler.testing.TestAdapters.embedding;
import static dev.graft.compiler.testing.TestAdapters.linear;
import static dev.graft.compiler.testing.TestAdapters.linearWithBias;
import static dev.graft.compiler.testing.TestAdapters.replacement;
import static dev.graft.compiler.testing.TestAdapters.rows;
import static dev.graft.compiler.testing.TestGraph.attribute;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static dev.graft.compiler.testing.TestGraph.scoped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.ModuleChange;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.resolve.Binding.Parameter;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestAdapters;
import dev.graft.compiler.testing.TestGraph;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which place each change finds. */
class ResolverTest {
    @TempDir
    Path folder;

    @Test
    void aModuleIsFoundByItsOwnPath() {
        Binding binding = only(layer("model.q_proj"), linear("model.q_proj", 5, 3));

        assertThat(binding.rule()).isEqualTo(Rule.NODE_NAME);
        assertThat(binding.view().orientation()).isEqualTo(Orientation.IN_OUT);
    }

    @Test
    void aWrapperInTheModelPutsAPrefixInFront() {
        assertThat(only(layer("m.model.q_proj"), linear("model.q_proj", 5, 3))
                        .site()
                        .names()
                        .get(0)
                        .module())
                .isEqualTo("m.model.q_proj");
    }

    @Test
    void aPrefixInTheAdapterThatTheModelLacksIsDropped() {
        assertThat(only(layer("encoder.layer.0.query"), linear("bert.encoder.layer.0.query", 5, 3))
                        .module())
                .isEqualTo("bert.encoder.layer.0.query");
    }

    @Test
    void theWrapperThatTheOthersAreInDecidesBetweenEqualNames() {
        ModelIndex model = scan(graph().node(product("/m/q_proj/MatMul", "w"))
                .node(product("/m/classifier/MatMul", "w"))
                .node(product("/m/old/classifier/MatMul", "w")));

        Resolution resolution = resolve(model, linear("q_proj", 5, 3), linear("classifier", 5, 3));

        assertThat(resolution.bindings().get(1).site().node().name()).isEqualTo("/m/classifier/MatMul");
    }

    @Test
    void theNodesScopeWinsOverTheNameOfAMergedWeight() {
        ModelIndex model = scan(graph().foldedFrom("w", "layers.0.fc.weight")
                .node(scoped(product("one", "w"), "layers.0.fc"))
                .node(scoped(product("two", "w"), "layers.1.fc")));

        assertThat(resolve(model, linear("layers.1.fc", 5, 3)).bindings())
                .singleElement()
                .satisfies(binding -> assertThat(binding.site().node().name()).isEqualTo("two"));
        assertThat(resolve(model, linear("layers.0.fc", 5, 3)).bindings())
                .singleElement()
                .satisfies(binding -> assertThat(binding.site().node().name()).isEqualTo("one"));
    }

    @Test
    void aModuleThatIsCalledTwiceIsBoundAtBothCalls() {
        ModelIndex model = scan(
                graph().node(scoped(product("one", "w"), "layers.fc")).node(scoped(product("two", "w"), "layers.fc")));

        assertThat(resolve(model, linear("layers.fc", 5, 3)).bindings())
                .extracting(binding -> binding.site().node().name())
                .containsExactly("one", "two");
    }

    @Test
    void namelessNodesOfAnOptimisedModelAreFoundByTheirWeights() {
        ModelIndex model = scan(TestGraph.ofInput("x")
                .weight("encoder.fc.weight", 1, 5, 3)
                .node(
                        "com.microsoft:FusedMatMul",
                        "",
                        List.of("x", "encoder.fc.weight"),
                        List.of("y"),
                        attribute("transB", 1),
                        attribute("alpha", 0.125f)));

        Resolution resolution = resolve(model, linear("encoder.fc", 5, 3));

        assertThat(resolution.bindings().get(0).rule()).isEqualTo(Rule.WEIGHT_NAME);
        assertThat(resolution.warnings())
                .containsExactly(
                        "encoder.fc: FusedMatMul 'FusedMatMul(y)' multiplies its product by 0.125; the change acts "
                                + "on the weight, before that factor");
    }

    @Test
    void theSlicesOfAPackedWeightFollowTheHeadsOfTheAttention() {
        ModelIndex model = scan(packed().node(nodeProto(
                "com.microsoft:GroupQueryAttention",
                "gqa",
                List.of("p0"),
                List.of("z"),
                attribute("num_heads", 4),
                attribute("kv_num_heads", 1))));

        Resolution resolution = resolve(
                model,
                linear("model.layers.0.self_attn.q_proj", 8, 3),
                linear("model.layers.0.self_attn.k_proj", 2, 3),
                linear("model.layers.0.self_attn.v_proj", 2, 3));

        assertThat(resolution.bindings()).extracting(Binding::rule).containsOnly(Rule.ALIAS);
        assertThat(resolution.bindings())
                .extracting(binding -> binding.view().firstColumn())
                .containsExactly(0L, 8L, 10L);
        assertThat(resolution.bindings())
                .extracting(binding -> binding.view().columns())
                .containsExactly(8L, 2L, 2L);
        assertThat(resolution.bindings())
                .extracting(binding -> binding.view().tensorColumns())
                .containsOnly(12L);
    }

    @Test
    void theSlicesOfAPackedWeightFollowTheAdapterWhereNoAttentionTells() {
        Resolution resolution = resolve(
                scan(packed()),
                linear("model.layers.0.self_attn.q_proj", 6, 3),
                linear("model.layers.0.self_attn.v_proj", 3, 3));

        assertThat(resolution.bindings())
                .extracting(binding -> binding.view().firstColumn())
                .containsExactly(0L, 9L);
    }

    @Test
    void aBiasDeltaIsBoundToTheSlicesOwnBias() {
        ModelIndex model = scan(packed().weight("model.layers.0.attn.qkv_proj.Add.bias", 1, 12)
                .node(
                        "Add",
                        "/model/layers.0/attn/qkv_proj/Add",
                        List.of("p0", "model.layers.0.attn.qkv_proj.Add.bias"),
                        List.of("s")));

        Resolution resolution = resolve(model, linearWithBias("model.layers.0.self_attn.k_proj", 4, 3));

        Binding bias = resolution.bindings().get(1);
        assertThat(bias.target()).isEqualTo(Parameter.BIAS);
        assertThat(bias.view().tensor().name()).isEqualTo("model.layers.0.attn.qkv_proj.Add.bias");
        assertThat(bias.view().firstColumn()).isEqualTo(4);
        assertThat(bias.view().columns()).isEqualTo(4);
    }

    @Test
    void aLinearsReplacementIsTransposedWhereTheModelStoresInOut() {
        Binding binding = only(layer("classifier"), replacement("classifier", "weight", 5, 3));

        assertThat(binding.view().orientation()).isEqualTo(Orientation.IN_OUT);
        assertThat(binding.target()).isEqualTo(Parameter.WEIGHT);
    }

    @Test
    void aConv1dsReplacementIsTakenAsItIs() {
        TestGraph square = TestGraph.ofInput("x")
                .weight("h.0.c_proj.weight", 1, 4, 4)
                .node("Gemm", "/h.0/c_proj/Gemm", List.of("x", "h.0.c_proj.weight"), List.of("y"));

        Resolution resolution = resolve(scan(square), replacement("h.0.c_proj", "weight", 4, 4));

        assertThat(resolution.bindings().get(0).view().orientation()).isEqualTo(Orientation.OUT_IN);
        assertThat(resolution.warnings())
                .singleElement()
                .asString()
                .contains("h.0.c_proj: the square weight is read as [in, out]")
                .contains("taken as it is");
    }

    @Test
    void biasesAndNormsAreReplaced() {
        ModelIndex model = scan(graph().weight("b", 1, 5)
                .weight("m.norm.weight", 1, 5)
                .node(nodeProto("Gemm", "/m/fc/Gemm", List.of("x", "w", "b"), List.of("y")))
                .node(nodeProto("SimplifiedLayerNormalization", "", List.of("y", "m.norm.weight"), List.of("z"))));

        Resolution resolution = resolve(model, replacement("fc", "bias", 5), replacement("norm", "weight", 5));

        assertThat(resolution.bindings().get(0).target()).isEqualTo(Parameter.BIAS);
        assertThat(resolution.bindings().get(0).view().tensor().name()).isEqualTo("b");
        assertThat(resolution.bindings().get(1).view().tensor().name()).isEqualTo("m.norm.weight");
    }

    @Test
    void genaisFinalNormIsTheModelsNorm() {
        ModelIndex model = scan(TestGraph.ofInput("x")
                .weight("model.layers.2.final_norm_layernorm.weight", 1, 5)
                .node(nodeProto(
                        "com.microsoft:SkipSimplifiedLayerNormalization",
                        "/model/layers.2/final_norm_layernorm/SkipLayerNorm",
                        List.of("x", "x", "model.layers.2.final_norm_layernorm.weight"),
                        List.of("y"))));

        assertThat(resolve(model, replacement("model.norm", "weight", 5)).bindings())
                .hasSize(1);
    }

    @Test
    void ofATiedTableOnlyTheUseOfTheTargetedModuleIsBound() {
        ModelIndex model = scan(TestGraph.ofInput("x")
                .weight("lm_head.weight", 1, 7, 3)
                .node(scoped(
                        nodeProto("Gather", "g", List.of("lm_head.weight", "x"), List.of("e")), "model.embed_tokens"))
                .node(scoped(nodeProto("Transpose", "t", List.of("lm_head.weight"), List.of("wt")), "lm_head"))
                .node(scoped(nodeProto("MatMul", "head", List.of("e", "wt"), List.of("y")), "lm_head")));

        assertThat(resolve(model, embedding("model.embed_tokens", 7, 3), rows("model.embed_tokens", 3, 6L))
                        .bindings())
                .extracting(binding -> binding.site().node().name())
                .containsOnly("g");
        assertThat(resolve(model, linear("lm_head", 7, 3)).bindings())
                .singleElement()
                .satisfies(binding -> assertThat(binding.view().orientation()).isEqualTo(Orientation.OUT_IN));
    }

    @Test
    void aConvolutionFindsAConvolution() {
        ModelIndex model = scan(TestGraph.ofInput("x")
                .weight("conv.weight", 1, 4, 2, 3)
                .node("Conv", "/conv/Conv", List.of("x", "conv.weight"), List.of("y")));

        assertThat(resolve(model, conv("conv", 4, 2, 3)).bindings()).hasSize(1);
    }

    @Test
    void kohyasNamesAreMatchedFlattened() {
        ModelIndex model = scan(graph().node(product("/text_model/encoder/layers.0/self_attn/q_proj/MatMul", "w")));

        Resolution resolution = Resolver.resolve(
                model,
                List.of(TestAdapters.of("k", "kohya", linear("text_model_encoder_layers_0_self_attn_q_proj", 5, 3))),
                ResolveOptions.DEFAULT);

        assertThat(resolution.bindings()).hasSize(1);
    }

    @Test
    void anAdapterWithGenaisNamesFindsTheOriginalOnes() {
        assertThat(only(layer("model.layers.0.self_attn.q_proj"), linear("model.layers.0.attn.q_proj", 5, 3))
                        .rule())
                .isEqualTo(Rule.ALIAS);
    }

    @Test
    void severalAdaptersAreBoundToTheSameSite() {
        Resolution resolution = Resolver.resolve(
                scan(layer("q")),
                List.of(adapter("one", linear("q", 5, 3)), adapter("two", linear("q", 5, 3))),
                ResolveOptions.DEFAULT);

        assertThat(resolution.bindings()).extracting(Binding::adapterIndex).containsExactly(0, 1);
    }

    private static TestGraph graph() {
        return TestGraph.ofInput("x").weight("w", 1, 3, 5);
    }

    private TestGraph layer(String module) {
        return graph().node(product("/" + module.replace('.', '/').replaceAll("/([0-9])", ".$1") + "/MatMul", "w"));
    }

    private static TestGraph packed() {
        return TestGraph.ofInput("x")
                .weight("model.layers.0.attn.qkv_proj.MatMul.weight", 1, 3, 12)
                .node(nodeProto(
                        "MatMul",
                        "/model/layers.0/attn/qkv_proj/MatMul",
                        List.of("x", "model.layers.0.attn.qkv_proj.MatMul.weight"),
                        List.of("p0")));
    }

    private static NodeProto product(String name, String weight) {
        return nodeProto("MatMul", name, List.of("x", weight), List.of("out of " + name));
    }

    private Binding only(TestGraph test, ModuleChange change) {
        List<Binding> bindings = resolve(scan(test), change).bindings();
        assertThat(bindings).hasSize(1);
        return bindings.get(0);
    }

    private static Resolution resolve(ModelIndex model, ModuleChange... changes) {
        return Resolver.resolve(model, List.of(adapter("adapter", changes)), ResolveOptions.DEFAULT);
    }

    private ModelIndex scan(TestGraph test) {
        return ModelScanner.scan(test.write(folder.resolve("model.onnx")));
    }
}
