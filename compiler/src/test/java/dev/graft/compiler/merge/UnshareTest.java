package dev.graft.compiler.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Orientation;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.Rule;
import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.compiler.resolve.WeightView;
import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorStorage;
import dev.graft.compiler.wire.WireMessage;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnshareTest {
    @TempDir
    Path folder;

    @Test
    void aSharedWeightIsRefusedAndItsConsumersAreNamed() throws IOException {
        ModelIndex base = twoLayers(Matrices.random("w", DType.FLOAT32, 1, 8, 8));
        LowRankChange change = Matrices.linear("fc1", 8, 8, 2, 1, 3);

        assertThatThrownBy(() -> merge(Bindings.byNodeName(base, Matrices.adapter(1, change)), false))
                .isInstanceOfSatisfying(GraftException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WEIGHT_SHARED);
                    assertThat(e.location().tensor()).isEqualTo("w");
                    assertThat(e.remedy()).contains("--unshare");
                })
                .hasMessageContaining("the weight of fc1 is also used by MatMul '/fc2/MatMul'");
        assertThat(folder.resolve("out/model.onnx")).doesNotExist();
    }

    @Test
    void consumersThatWantTheSameChangeShareIt() throws IOException {
        ModelIndex base = twoLayers(Matrices.random("w", DType.FLOAT32, 1, 8, 8));
        LowRankChange change = Matrices.linear("fc1", 8, 8, 2, 1, 3);
        Binding first = Bindings.bind(base, change, 0, 1);
        NodeIndex other = Bindings.node(base.graph(), "fc2");
        Site site = new Site(SiteKind.MATMUL, List.of(), other, 1, first.view(), Optional.empty(), List.of());
        Binding second = new Binding(change, 0, 1, site, first.view(), Binding.Parameter.WEIGHT, Rule.NODE_NAME);
        Resolution once = new Resolution(base, List.of(Matrices.adapter(1, change)), List.of(first), List.of());

        merge(new Resolution(base, once.adapters(), List.of(first, second), List.of()), false);

        double[] both = Matrices.values(merged(), "w");
        merge(once, true);
        assertThat(both).isEqualTo(Matrices.values(merged(), "w.unshared"));
    }

    @Test
    void theTargetGetsACopyAndTheOthersKeepTheOriginal() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 8, 8);
        ModelIndex base = twoLayers(weight);
        LowRankChange change = Matrices.linear("fc2", 8, 8, 2, 1, 3);

        MergeReport report = merge(Bindings.byNodeName(base, Matrices.adapter(1, change)), true);

        ModelIndex merged = merged();
        assertThat(report.unshared()).containsExactly("w.unshared");
        assertThat(Matrices.values(merged, "w")).isEqualTo(weight.toDoubles());
        assertThat(Matrices.values(merged, "w.unshared")).isEqualTo(mergedAlone(weight, change));
        assertThat(Bindings.node(merged.graph(), "fc1").inputs()).containsExactly("x", "w");
        assertThat(Bindings.node(merged.graph(), "fc2").inputs()).containsExactly("h", "w.unshared");
        assertThat(Files.readString(merged.file(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("kept as it is");
    }

    @Test
    void nodesThatPassTheWeightOnAreCopiedToo() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 8, 8);
        ModelIndex base = new OnnxFiles()
                .input("x")
                .node("Identity", "keep", "w1", "w")
                .node("Transpose", "turn", "w2", "w1")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w2")
                .node("MatMul", "/fc2/MatMul", "y", "h", "w2")
                .inline(weight)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        LowRankChange change = Matrices.linear("fc1", 8, 8, 2, 1, 3);

        merge(bound(base, change, base.graph(), "fc1", weightOf(base, "w"), Orientation.OUT_IN), true);

        GraphIndex graph = merged().graph();
        assertThat(Bindings.node(graph, "fc1").inputs()).containsExactly("x", "w2.unshared2");
        assertThat(Bindings.node(graph, "fc2").inputs()).containsExactly("h", "w2");
        assertThat(graph.nodes().stream().map(NodeIndex::displayName))
                .containsExactly("keep", "keep.unshared", "turn", "turn.unshared", "/fc1/MatMul", "/fc2/MatMul");
        assertThat(Matrices.values(merged(), "w")).isEqualTo(weight.toDoubles());
    }

    @Test
    void aTargetInASubgraphGetsItsCopyInTheGraphOfTheWeight() throws IOException {
        // given a weight of the main graph, used there and in both branches of an If
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 8, 8);
        WireMessage node = OnnxFiles.nodeMessage(new WireMessage(), "If", "choose", "y", "c")
                .message(5, branch("then_branch", "inner1"))
                .message(5, branch("else_branch", "inner2"));
        ModelIndex base = new OnnxFiles()
                .input("x")
                .input("c")
                .node("MatMul", "/outer/MatMul", "h", "x", "w")
                .part(1, node)
                .inline(weight)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        LowRankChange change = Matrices.linear("inner2", 8, 8, 2, 1, 3);
        GraphIndex branch = subgraph(base, "else_branch");

        merge(bound(base, change, branch, "inner2", weightOf(base, "w"), Orientation.IN_OUT), true);

        ModelIndex merged = merged();
        assertThat(merged.graph().initializers()).containsOnlyKeys("w", "w.unshared");
        assertThat(Bindings.node(subgraph(merged, "else_branch"), "inner2").input(1))
                .isEqualTo("w.unshared");
        assertThat(Bindings.node(subgraph(merged, "then_branch"), "inner1").input(1))
                .isEqualTo("w");
        assertThat(Matrices.values(merged, "w.unshared")).isEqualTo(mergedAlone(weight, change));
    }

    @Test
    void aLargeCopyGoesToADataFileOfItsOwn() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 512, 520);
        ModelIndex base = new OnnxFiles()
                .input("x")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w")
                .node("MatMul", "/fc2/MatMul", "y", "x", "w")
                .external(weight, 3)
                .output("h")
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        LowRankChange change = Matrices.linear("fc2", 520, 512, 2, 1, 3);

        MergeReport report = merge(Bindings.byNodeName(base, Matrices.adapter(1, change)), true);

        assertThat(report.files().stream().map(file -> file.getFileName().toString()))
                .containsExactly("model.onnx", "model.data", "model.onnx.unshared.data");
        assertThat(folder.resolve("out/model.data")).hasSameBinaryContentAs(folder.resolve("base/model.data"));
        TensorIndex copy = weightOf(merged(), "w.unshared");
        assertThat(copy.storage()).isInstanceOf(TensorStorage.External.class);
        assertThat(Matrices.values(merged(), "w.unshared")).isEqualTo(mergedAlone(weight, change));
    }

    @Test
    void tensorsOverTheSameBytesAreShared() throws IOException {
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 8, 8);
        ModelIndex base = new OnnxFiles()
                .input("x")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w")
                .node("MatMul", "/fc2/MatMul", "y", "h", "v")
                .external(weight, 0)
                .externalAt(weight.withName("v"), 0)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        LowRankChange change = Matrices.linear("fc1", 8, 8, 2, 1, 3);
        Resolution resolution = Bindings.byNodeName(base, Matrices.adapter(1, change));

        assertThatThrownBy(() -> merge(resolution, false)).hasMessageContaining("also used by MatMul '/fc2/MatMul'");
        merge(resolution, true);

        assertThat(Matrices.values(merged(), "v")).isEqualTo(weight.toDoubles());
        assertThat(Matrices.values(merged(), "w.unshared")).isEqualTo(mergedAlone(weight, change));
    }

    @Test
    void aLengthThatNeedsMoreDigitsMovesEverythingBehindIt() throws IOException {
        // given a graph a little shorter than what a length of two digits holds
        Tensor weight = Matrices.random("w", DType.FLOAT32, 1, 8, 8);
        OnnxFiles files = new OnnxFiles();
        files.part(99, new WireMessage().string(1, "x".repeat(15_900)));
        ModelIndex base = files.input("x")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w")
                .node("MatMul", "/fc2/MatMul", "y", "h", "w")
                .inline(weight)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
        LowRankChange change = Matrices.linear("fc1", 8, 8, 2, 1, 3);

        merge(Bindings.byNodeName(base, Matrices.adapter(1, change)), true);

        assertThat(base.fileSize()).isLessThan(16_384 + 60);
        assertThat(Matrices.values(merged(), "w")).isEqualTo(weight.toDoubles());
        assertThat(Matrices.values(merged(), "w.unshared")).isEqualTo(mergedAlone(weight, change));
    }

    private ModelIndex twoLayers(Tensor weight) throws IOException {
        return new OnnxFiles()
                .input("x")
                .node("MatMul", "/fc1/MatMul", "h", "x", "w")
                .node("MatMul", "/fc2/MatMul", "y", "h", "w")
                .inline(weight)
                .output("y")
                .write(folder.resolve("base/model.onnx"));
    }

    private static WireMessage branch(String attribute, String module) {
        WireMessage graph = new WireMessage()
                .message(1, OnnxFiles.nodeMessage(new WireMessage(), "MatMul", module, module + ".y", "h", "w"))
                .string(2, module)
                .message(12, new WireMessage().string(1, module + ".y"));
        return new WireMessage().string(1, attribute).message(6, graph).integer(20, 5);
    }

    private static GraphIndex subgraph(ModelIndex model, String attribute) {
        NodeIndex node = Bindings.node(model.graph(), "choose");
        return ((AttributeIndex.GraphValue) node.attributes().get(attribute))
                .graphs()
                .get(0);
    }

    private static TensorIndex weightOf(ModelIndex model, String name) {
        return model.graph().initializers().get(name);
    }

    private static Resolution bound(
            ModelIndex model,
            LowRankChange change,
            GraphIndex graph,
            String module,
            TensorIndex tensor,
            Orientation orientation) {
        NodeIndex node = Bindings.node(graph, module);
        List<String> path = graph.equals(model.graph()) ? List.of() : List.of("choose", "else_branch");
        WeightView view = WeightView.whole(tensor, orientation);
        Site site = new Site(SiteKind.MATMUL, path, node, 1, view, Optional.empty(), List.of());
        Binding binding = new Binding(change, 0, 1, site, view, Binding.Parameter.WEIGHT, Rule.NODE_NAME);
        return new Resolution(model, List.of(Matrices.adapter(1, change)), List.of(binding), List.of());
    }

    /** The merged values of a weight [in, out] that nobody shares. */
    private double[] mergedAlone(Tensor weight, LowRankChange change) throws IOException {
        ModelIndex base = new OnnxFiles()
                .input("x")
                .node("MatMul", change.module(), "y", "x", "w")
                .inline(weight)
                .output("y")
                .write(folder.resolve("alone/model.onnx"));
        Path output = folder.resolve("alone/out.onnx");
        Files.deleteIfExists(output);
        Merger.merge(
                Bindings.byNodeName(base, Matrices.adapter(1, change)), output, MergeOptions.defaults(), Progress.NONE);
        return Matrices.values(ModelScanner.scan(output), "w");
    }

    private MergeReport merge(Resolution resolution, boolean unshare) {
        return Merger.merge(
                resolution, folder.resolve("out/model.onnx"), new MergeOptions(unshare, true, 2), Progress.NONE);
    }

    private ModelIndex merged() {
        return ModelScanner.scan(folder.resolve("out/model.onnx"));
    }
}
