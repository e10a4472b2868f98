package dev.graft.compiler.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.synthetic.SyntheticLlama;
import dev.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same merge in other Java machines: without a compiler, with the small one, and in the one that a property names. */
class SameBytesTest {
    @TempDir
    Path folder;

    @Test
    void theBytesDoNotDependOnHowJavaRuns() throws Exception {
        SyntheticLlama.Written base = SyntheticLlama.write(folder.resolve("base"), 1_500_000, DType.FLOAT32);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        merge(base, "compiled", java);
        merge(base, "interpreted", java, "-Xint");
        merge(base, "small", java, "-XX:TieredStopAtLevel=1");
        merge(base, "other", System.getProperty("graft.other.java", java), "-XX:-TieredCompilation");

        for (String other : List.of("interpreted", "small", "other")) {
            for (String file : List.of("model.onnx", "model.onnx.data")) {
                assertThat(folder.resolve(other).resolve(file))
                        .as(other)
                        .hasSameBinaryContentAs(folder.resolve("compiled").resolve(file));
            }
        }
    }

    private void merge(SyntheticLlama.Written base, String name, String java, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledMergeTest.class.getName()));
        command.addAll(List.of(
                base.model().toString(),
                base.adapter().toString(),
                folder.resolve(name).resolve("model.onnx").toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }
}
