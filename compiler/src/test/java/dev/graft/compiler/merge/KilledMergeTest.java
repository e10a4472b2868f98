package dev.graft.compiler.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.WeightedAdapter;
import dev.graft.adapter.format.AdapterFiles;
import dev.graft.adapter.format.ReadOptions;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.io.Progress;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges that are killed at random moments: the output is absent or whole, the base untouched, the next run succeeds. */
class KilledMergeTest {
    @TempDir
    Path folder;

    @Test
    void aKilledMergeLeavesNothingOrEverything() throws Exception {
        killMerges(4, 4_000_000, 600);
    }

    @Test
    @Tag("conformance")
    void thirtyKilledMergesLeaveNothingOrEverything() throws Exception {
        killMerges(30, 60_000_000, 1500);
    }

    private void killMerges(int kills, long bytes, int longest) throws Exception {
        SyntheticLlama.Written base = SyntheticLlama.write(folder.resolve("base"), bytes, DType.FLOAT32);
        byte[] data = Files.readAllBytes(base.model().resolveSibling("model.onnx.data"));
        merge(base.model(), base.adapter(), folder.resolve("whole/model.onnx"));
        Path output = folder.resolve("out/model.onnx");
        Random random = new Random(bytes);
        int whole = 0;
        for (int kill = 0; kill < kills; kill++) {
            Process process = start(base, output);
            assertThat(process.getInputStream().read()).isEqualTo('>');
            // most of a merge is over in this time: some die in the middle, some at the end, some live
            process.waitFor(random.nextInt(longest), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            if (Files.exists(output)) {
                assertWhole(output);
                Files.delete(output);
                Files.delete(output.resolveSibling("model.onnx.data"));
                whole++;
            }
        }
        merge(base.model(), base.adapter(), output);
        assertWhole(output);
        assertThat(base.model().resolveSibling("model.onnx.data")).hasBinaryContent(data);
        try (var left = Files.list(output.getParent())) {
            assertThat(left).hasSize(2);
        }
        System.out.println(whole + " of " + kills + " killed merges had finished");
    }

    private void assertWhole(Path output) {
        assertThat(output).hasSameBinaryContentAs(folder.resolve("whole/model.onnx"));
        assertThat(output.resolveSibling("model.onnx.data"))
                .hasSameBinaryContentAs(folder.resolve("whole/model.onnx.data"));
    }

    private static Process start(SyntheticLlama.Written base, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledMergeTest.class.getName(),
                        base.model().toString(),
                        base.adapter().toString(),
                        output.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Merges once: model, adapter, output. */
    public static void main(String[] arguments) {
        System.out.print('>');
        System.out.flush();
        merge(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    }

    private static void merge(Path model, Path adapterFolder, Path output) {
        Adapter adapter = AdapterFiles.readAdapter(adapterFolder, ReadOptions.DEFAULT);
        Merger.merge(
                Bindings.byNodeName(ModelScanner.scan(model), WeightedAdapter.of(adapter)),
                output,
                new MergeOptions(false, true, 2),
                Progress.NONE);
    }
}
