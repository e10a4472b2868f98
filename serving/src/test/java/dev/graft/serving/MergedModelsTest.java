package dev.graft.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.merge.MergeOptions;
import dev.graft.compiler.merge.Merger;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.ResolveOptions;
import dev.graft.compiler.resolve.Resolver;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.io.Progress;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Opened merged and merged to a file give the same outputs, bit for bit. */
class MergedModelsTest {
    private static final Path FIXTURES = Path.of(System.getProperty("graft.root", ".."), "fixtures");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama/base/model_external.onnx, llama/lora_all_linear",
        "llama/base/model_external.onnx, llama/dora",
        "llama/base/model_external.onnx, llama/lora_modules_to_save",
        "llama/base/model_dynamo.onnx, llama/lora",
        "llama/base/model_ts.onnx, llama/rslora",
        "llama/base/model_unoptimized.onnx, llama/lora",
        "gpt2/base/model_dynamo.onnx, gpt2/lora_all_linear",
        "conv/base/model_dynamo.onnx, conv/lora",
        "mlp_fp16/base/model_dynamo.onnx, mlp_fp16/lora",
        "subgraph/base/model.onnx, subgraph/lora"
    })
    void outputsAreThoseOfTheMergedFile(String base, String adapter) throws IOException {
        Resolution resolution = resolve(base, adapter);
        List<Path> before = temporaryFolders();
        for (SessionSettings settings :
                List.of(SessionSettings.DEFAULT, MergedModels.sharingWeights(SessionSettings.DEFAULT))) {
            try (ModelSession opened = MergedModels.open(FIXTURES.resolve(base), adapters(adapter), settings)) {
                assertThat(run(opened)).isEqualTo(mergedFile(resolution, settings));
                assertThat(run(opened)).isNotEqualTo(runFile(FIXTURES.resolve(base), settings));
            }
        }
        assertThat(temporaryFolders()).as("no file was written").isEqualTo(before);
    }

    @Test
    void oneBaseServesSeveralVariantsAtOnce() {
        Path base = FIXTURES.resolve("llama/base/model_external.onnx");
        SessionSettings settings = MergedModels.sharingWeights(SessionSettings.DEFAULT);
        try (ModelSession first = MergedModels.open(base, adapters("llama/lora"), settings);
                ModelSession second = MergedModels.open(base, adapters("llama/lora_second"), settings);
                ModelSession none = MergedModels.open(base, List.of(), settings)) {
            Map<String, HostTensor> outputs = run(first);

            assertThat(run(second)).isNotEqualTo(outputs);
            assertThat(run(none)).isEqualTo(runFile(base, settings));
            assertThat(run(first)).isEqualTo(outputs);
        }
    }

    @Test
    void whatHasNoPlaceInMemoryGoesThroughAFileThatIsGoneAfterwards() throws IOException {
        Resolution resolution = resolve("llama/base/model_external.onnx", "llama/lora");
        List<Path> before = temporaryFolders();

        try (ModelSession session = TemporaryMerge.open(resolution, SessionSettings.DEFAULT)) {
            assertThat(temporaryFolders()).isEqualTo(before);
            assertThat(run(session)).isEqualTo(mergedFile(resolution, SessionSettings.DEFAULT));
            assertThat(session.overridableInputs()).isEmpty();
        }
    }

    private Map<String, HostTensor> mergedFile(Resolution resolution, SessionSettings settings) {
        Path merged = folder.resolve("merged.onnx");
        Merger.merge(resolution, merged, new MergeOptions(false, true, 2), Progress.NONE);
        return runFile(merged, settings);
    }

    private static Map<String, HostTensor> runFile(Path file, SessionSettings settings) {
        try (ModelSession session = ModelSession.open(file, settings)) {
            return run(session);
        }
    }

    private static Map<String, HostTensor> run(ModelSession session) {
        InputHints ids = InputHints.NONE.withBound("input_ids", 24);
        return session.run(
                SampleInputs.of(session.inputs(), ids).makeSeveral(1, 7).get(0));
    }

    private static Resolution resolve(String base, String adapter) {
        return Resolver.resolve(ModelScanner.scan(FIXTURES.resolve(base)), adapters(adapter), ResolveOptions.DEFAULT);
    }

    private static List<WeightedAdapter> adapters(String name) {
        Path path = FIXTURES.resolve(name).resolve("adapter");
        return List.of(WeightedAdapter.of(AdapterFiles.readAdapter(path, ReadOptions.DEFAULT)));
    }

    private static List<Path> temporaryFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("graft-merged"))
                    .sorted()
                    .toList();
        }
    }
}
