package dev.graft.compiler.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The null transform over a corpus: a model that is read and written is the same model. */
@Tag("conformance")
class RoundTripTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models",
                "conformance/exports",
                "conformance/peft",
                "conformance/onnx_node",
                "conformance/onnx_adapter",
                "conformance/ort_multilora"
            })
    void readingAndWritingChangesNothing(String corpus) throws IOException {
        List<Path> models = models(Shared.path(corpus));

        for (Path file : models) {
            Path written = folder.resolve("written.onnx");
            OnnxModel model = ModelReader.read(file);
            ModelWriter.write(model, written);

            assertThat(parse(written).equals(parse(file))).as(file.toString()).isTrue();
            assertThat(ModelVerifier.problems(model)).as(file.toString()).isEmpty();
        }
        assertThat(models).isNotEmpty();
    }

    private static List<Path> models(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
    }

    private static ModelProto parse(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return ModelProto.parseFrom(in);
        }
    }
}
