package dev.graft.cli.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapFileTest {
    @TempDir
    Path folder;

    @Test
    void modulesGoToNames() throws IOException {
        Path file = write("{\"layers.0.q_proj\": \"/q/MatMul\", \"lm_head\": \"onnx::MatMul_7\"}");

        assertThat(MapFile.read(file))
                .containsEntry("layers.0.q_proj", "/q/MatMul")
                .containsEntry("lm_head", "onnx::MatMul_7")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"a\": \"b\", \"a\": \"c\"}", "{\"a\": \"b\"} {}", "{a: 'b'}", "{\"a\": "})
    void whatIsNotOneObjectIsRefused(String text) throws IOException {
        Path file = write(text);

        assertThatThrownBy(() -> MapFile.read(file))
                .isInstanceOf(GraftException.class)
                .extracting(error -> ((GraftException) error).code())
                .isEqualTo(ErrorCode.JSON_MALFORMED);
    }

    @Test
    void aValueThatIsNoNameIsRefusedWithAnExample() throws IOException {
        Path file = write("{\"q_proj\": {}}");

        assertThatThrownBy(() -> MapFile.read(file))
                .isInstanceOf(GraftException.class)
                .hasMessageStartingWith("expected the name of a node or weight for 'q_proj', got ")
                .satisfies(error -> assertThat(((GraftException) error).describe()).contains("self_attn", file.toString()));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("map.json"), text);
    }
}
