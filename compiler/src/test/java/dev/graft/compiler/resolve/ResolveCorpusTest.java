package dev.graft.compiler.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.ModuleChange;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.testing.TestAdapters;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Tensor;
import dev.graft.testing.Fixtures;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Real exports with real adapters: every change finds a place without a map, and what lies there is, by value, the parameter that
 * the checkpoint has under the module's name.
 */
class ResolveCorpusTest {
    @TestFactory
    Stream<DynamicTest> ownAdaptersOnOwnExports() throws IOException {
        return adaptersOnExports(Fixtures.repository().resolve("fixtures"));
    }

    @TestFactory
    Stream<DynamicTest> sharedAdaptersOnSharedExports() throws IOException {
        return Shared.present() ? adaptersOnExports(Shared.path("conformance/peft")) : absent();
    }

    @TestFactory
    Stream<DynamicTest> everyExporterOfOneModel() {
        Stream<String> models = Stream.of(
                "llama/dynamo.onnx",
                "llama/dynamo_wrapped.onnx",
                "llama/dynamo_noopt.onnx",
                "llama/dynamo_noopt_wrapped.onnx",
                "llama/ts_wrapped.onnx",
                "genai_llama_fp32/model.onnx",
                "genai_llama_fp16_cuda/model.onnx",
                "genai_llama_int4/model.onnx",
                "genai_llama_int4_qdq/model.onnx");
        return models.map(model -> DynamicTest.dynamicTest(model, () -> {
            Path exports = Shared.path("conformance/exports");
            check(
                    exports.resolve(model),
                    readAdapter(exports.resolve("hf_llama_lora")),
                    exports.resolve("hf_llama/model.safetensors"));
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyExportOfStories260K() {
        return Stream.of(
                        "onnx/stories260K_dynamo.onnx",
                        "onnx/stories260K_ts.onnx",
                        "genai_fp32/model.onnx",
                        "genai_fp16_cuda/model.onnx",
                        "genai_int4/model.onnx")
                .map(model -> DynamicTest.dynamicTest(model, () -> {
                    Path folder = Shared.path("models/stories260K");
                    String twin = model.startsWith("genai") ? "_hd16" : "";
                    check(
                            folder.resolve(model),
                            readAdapter(folder.resolve("peft_e2e_r8" + twin)),
                            folder.resolve("hf" + twin + "/model.safetensors"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyMatrixOfBert() {
        return Stream.of("dynamo_wrapped.onnx", "dynamo_noopt_wrapped.onnx", "ts.onnx", "ts_wrapped.onnx")
                .map(model -> DynamicTest.dynamicTest(model, () -> {
                    Path folder = Shared.path("conformance/exports/bert");
                    Path checkpoint = folder.resolve("state.safetensors");
                    check(folder.resolve(model), everyMatrix(checkpoint), checkpoint);
                }));
    }

    private static Stream<DynamicTest> absent() {
        return Stream.of(DynamicTest.dynamicTest("conformance/peft", () -> Shared.path("conformance/peft")));
    }

    /** MODEL/base/model*.onnx with MODEL/VARIANT/adapter. */
    private static Stream<DynamicTest> adaptersOnExports(Path root) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path base : list(root, "base")) {
            Path checkpoint = base.resolve("base.safetensors");
            List<Path> models;
            try (Stream<Path> files = Files.list(base)) {
                models = files.filter(file -> file.toString().endsWith(".onnx"))
                        .sorted()
                        .toList();
            }
            for (Path adapter : list(base.resolveSibling(""), "adapter")) {
                for (Path model : models) {
                    String name = root.relativize(model) + " with " + root.relativize(adapter);
                    tests.add(DynamicTest.dynamicTest(name, () -> checkIfSupported(model, adapter, checkpoint)));
                }
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private static List<Path> list(Path folder, String name) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.resolve(name))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }

    /** A method that is refused by name has nothing to resolve; that it is refused rightly is tested where formats are. */
    private static void checkIfSupported(Path model, Path adapter, Path checkpoint) {
        Adapter read;
        try {
            read = readAdapter(adapter);
        } catch (GraftException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.METHOD_UNSUPPORTED);
            return;
        }
        check(model, read, checkpoint);
    }

    private static Adapter readAdapter(Path path) {
        return AdapterFiles.readAdapter(path, ReadOptions.DEFAULT);
    }

    private static void check(Path model, Adapter adapter, Path checkpoint) {
        ModelIndex index = ModelScanner.scan(model);
        List<WeightedAdapter> adapters = List.of(WeightedAdapter.of(adapter));

        Resolution byName = Resolver.resolve(index, adapters, ResolveOptions.DEFAULT);
        Resolution byValue = Resolver.resolve(index, adapters, new ResolveOptions(Map.of(), Optional.of(checkpoint)));

        BaseTruth truth = BaseTruth.of(checkpoint);
        byName.bindings().forEach(truth::assertHolds);
        Set<ModuleChange> bound = new HashSet<>();
        byName.bindings().forEach(binding -> bound.add(binding.change()));
        assertThat(byName.adapters().get(0).adapter().changes())
                .as("as the base's layers shape them")
                .containsExactlyInAnyOrderElementsOf(bound)
                .extracting(ModuleChange::module)
                .containsExactlyElementsOf(
                        adapter.changes().stream().map(ModuleChange::module).toList());
        assertThat(byValue.bindings())
                .extracting(Binding::view)
                .containsExactlyElementsOf(
                        byName.bindings().stream().map(Binding::view).toList());
    }

    /** A made-up adapter that changes every matrix of a checkpoint. */
    private static Adapter everyMatrix(Path checkpoint) {
        List<ModuleChange> changes = new ArrayList<>();
        for (Tensor tensor : BaseTruth.of(checkpoint).tensors().values()) {
            if (tensor.shape().rank() == 2) {
                String module = tensor.name().substring(0, tensor.name().lastIndexOf('.'));
                long rows = tensor.shape().dim(0);
                long columns = tensor.shape().dim(1);
                changes.add(
                        module.endsWith("_embeddings")
                                ? TestAdapters.embedding(module, rows, columns)
                                : TestAdapters.linear(module, rows, columns));
            }
        }
        return TestAdapters.adapter("every matrix", changes.toArray(ModuleChange[]::new))
                .adapter();
    }
}
