package dev.graft.cli.conformance;

import dev.graft.cli.verify.FileHash;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Merged bytes are the same with any number of threads, on any Java, compiled or interpreted. Other Javas are those whose
 * homes {@code GRAFT_OTHER_JAVAS} lists, separated by colons.
 */
@Tag("conformance")
class DeterminismConformanceTest {
    @TempDir
    Path folder;

    /**
     * A way to run a merge.
     *
     * @param title in words
     * @param java the Java home
     * @param options its options
     * @param threads worker threads
     */
    private record Way(String title, Path java, List<String> options, int threads) {}

    @Test
    void bytesDoNotDependOnThreadsOrTheMachineThatComputesThem() throws Exception {
        CaseTable table = new CaseTable("same bytes");
        Path root = Shared.root();
        compare(
                table,
                "llama/dora",
                root.resolve("conformance/peft/llama/base/model_dynamo.onnx"),
                Shared.path("conformance/peft/llama/dora/adapter"));
        compare(
                table,
                "stories260K, float32",
                root.resolve("models/stories260K/onnx/stories260K_ts.onnx"),
                Shared.path("models/stories260K/peft_e2e_r8"));
        compare(
                table,
                "stories260K, float16",
                root.resolve("models/stories260K/genai_fp16_cuda/model.onnx"),
                Shared.path("models/stories260K/peft_e2e_r8_hd16"));
        table.assertNoneMissed(9);
    }

    private void compare(CaseTable table, String title, Path base, Path adapter) throws Exception {
        String expected = null;
        for (Way way : ways()) {
            String hash = merge(way, base, adapter);
            expected = expected == null ? hash : expected;
            if (hash.equals(expected)) {
                table.pass(title + ": " + way.title(), hash.substring(0, 16));
            } else {
                table.miss(title + ": " + way.title(), "expected " + expected + ", got " + hash);
            }
        }
    }

    private String merge(Way way, Path base, Path adapter) throws Exception {
        Path output = Files.createTempDirectory(folder, "m").resolve("merged.onnx");
        GraftProcess process = GraftProcess.run(
                way.java(),
                way.options(),
                "merge",
                base.toString(),
                adapter.toString(),
                "-o",
                output.toString(),
                "--threads",
                Integer.toString(way.threads()));
        if (process.exitCode() != 0) {
            throw new AssertionError(process.messages());
        }
        return hashOf(output.getParent());
    }

    private static String hashOf(Path output) throws IOException {
        StringBuilder hashes = new StringBuilder();
        try (Stream<Path> files = Files.list(output)) {
            for (Path file : files.sorted().toList()) {
                hashes.append(FileHash.sha256(file));
            }
        }
        return hashes.toString();
    }

    private static List<Way> ways() {
        Path here = Path.of(System.getProperty("java.home"));
        List<Way> ways = new ArrayList<>();
        for (int threads : new int[] {1, 2, 7}) {
            ways.add(new Way(threads + " threads", here, List.of(), threads));
        }
        ways.add(new Way("interpreted", here, List.of("-Xint"), 2));
        for (String other :
                System.getenv().getOrDefault("GRAFT_OTHER_JAVAS", "").split(":", -1)) {
            if (!other.isEmpty()) {
                ways.add(new Way("another Java", Path.of(other), List.of(), 2));
            }
        }
        return ways;
    }
}
