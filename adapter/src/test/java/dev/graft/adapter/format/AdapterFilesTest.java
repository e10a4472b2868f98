package dev.graft.adapter.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.adapter.Adapter;
import dev.graft.adapter.format.onnxadapter.OnnxAdapterWriter;
import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterFilesTest {
    private static final String CONFIG = "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}";

    @TempDir
    Path folder;

    @Test
    void aPeftFolderIsReadFromTheFolderOrEitherOfItsFiles() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), CONFIG);
        safetensors(
                "adapter_model.safetensors", "base_model.model.q.lora_A.weight", "base_model.model.q.lora_B.weight");

        for (String name : List.of("", "adapter_config.json", "adapter_model.safetensors")) {
            Adapter adapter = AdapterFiles.readAdapter(folder.resolve(name), ReadOptions.DEFAULT);
            assertThat(adapter.format()).isEqualTo("peft");
            assertThat(adapter.name()).isEqualTo(folder.getFileName().toString());
        }
    }

    @Test
    void safetensorsFilesAreToldApartByTheirNames() {
        ReadOptions withAlpha = new ReadOptions(false, OptionalDouble.of(2), List.of());

        assertThat(AdapterFiles.readAdapter(
                                safetensors("k.safetensors", "lora_q.lora_down.weight", "lora_q.lora_up.weight"),
                                withAlpha)
                        .format())
                .isEqualTo("kohya");
        assertThat(AdapterFiles.readAdapter(safetensors("l.safetensors", "q.lora_A", "q.lora_B"), withAlpha)
                        .format())
                .isEqualTo("loralib");
        assertFails(
                safetensors("p.safetensors", "q.lora_A.weight", "q.lora_B.weight"),
                ErrorCode.ADAPTER_CONFIG_INVALID,
                "the file holds PEFT weights, but adapter_config.json is not beside it");
        assertFails(
                safetensors("u.safetensors", "unet:0:down", "unet:0:up"),
                ErrorCode.UNKNOWN_FORMAT,
                "the names of its tensors are none of PEFT's, kohya's or loralib's");
    }

    @Test
    void anOnnxAdapterIsKnownByItsIdentifier() {
        Path file = folder.resolve("a.bytes");
        OnnxAdapterWriter.write(
                file,
                List.of(
                        Tensor.ofFloats("q.lora_A.weight", Shape.of(2, 1), 1, 2),
                        Tensor.ofFloats("q.lora_B.weight", Shape.of(1, 2), 3, 4)));

        assertThat(AdapterFiles.readAdapter(file, ReadOptions.DEFAULT).format()).isEqualTo("onnx_adapter");
    }

    @ParameterizedTest
    @CsvSource({
        "a.zip, PK\3\4abcdefghijklmnop, ARCHIVE_REFUSED",
        "a.safetensors, PK\3\4abcdefghijklmnop, ARCHIVE_REFUSED",
        "adapter_model.bin, PK\3\4abcdefghijklmnop, PICKLE_REFUSED",
        "a.dat, \u0080\2abcdefghijklmnop, PICKLE_REFUSED",
        "a.gguf, GGUFabcdefghijklmnop, UNKNOWN_FORMAT",
        "a.txt, x, UNKNOWN_FORMAT",
        "a.safetensors, x, SAFETENSORS_MALFORMED",
        "a.onnx_adapter, x, ONNX_ADAPTER_MALFORMED"
    })
    void otherFilesAreRefusedForWhatTheyAre(String name, String content, ErrorCode code) throws IOException {
        Path file = Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));

        assertFails(file, code, "");
    }

    @Test
    void aPathThatIsNotThereIsNamed() {
        assertFails(folder.resolve("none"), ErrorCode.FILE_NOT_FOUND, "no such file");
    }

    private Path safetensors(String name, String a, String b) {
        Path file = folder.resolve(name);
        SafetensorsWriter.write(
                file,
                Map.of(),
                Stream.of(
                                Tensor.ofFloats(a, Shape.of(2, 2), 1, 2, 3, 4),
                                Tensor.ofFloats(b, Shape.of(2, 2), 5, 6, 7, 8))
                        .toList());
        return file;
    }

    private static void assertFails(Path path, ErrorCode code, String message) {
        assertThatThrownBy(() -> AdapterFiles.readAdapter(path, ReadOptions.DEFAULT))
                .isInstanceOfSatisfying(GraftException.class, error -> {
                    assertThat(error.code()).isEqualTo(code);
                    assertThat(error).hasMessageContaining(message);
                });
    }
}
