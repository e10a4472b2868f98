package dev.graft.adapter.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The headers in here are what safetensors 0.8 wrote for the same tensors. */
class SafetensorsWriterTest {
    @TempDir
    Path folder;

    @Test
    void namesAreEscapedAndPaddedAsTheLibraryDoes() throws IOException {
        Tensor empty =
                new Tensor("é\n\"\u0001\\/\u007f", DType.FLOAT32, Shape.of(0, 3), ByteSource.ofArray(new byte[0]));

        byte[] written = write(Map.of("b", "1"), List.of(empty));

        String header = "{\"__metadata__\":{\"b\":\"1\"},\"é\\n\\\"\\u0001\\\\/\u007f\":"
                + "{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[0,0]}}";
        assertThat(new String(written, 8, written.length - 8, StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo(header);
        assertThat(written.length % 8).isZero();
        assertThat(written[0]).isEqualTo((byte) (written.length - 8));
    }

    @Test
    void nothingIsAnEmptyObject() throws IOException {
        assertThat(write(Map.of(), List.of()))
                .isEqualTo("\10\0\0\0\0\0\0\0{}      ".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void tensorsComeByTypeThenByName() throws IOException {
        List<DType> types = Stream.of(DType.values())
                .filter(type -> type.safetensorsName().isPresent() && type.isByteSized())
                .toList();
        List<Tensor> tensors = types.stream()
                .map(type -> new Tensor("a" + type, type, Shape.of(8), ByteSource.ofArray(new byte[type.bits()])))
                .toList();

        write(Map.of("format", "pt"), tensors);
        SafetensorsFile read = SafetensorsReader.read(folder.resolve("t.safetensors"));

        assertThat(read.tensors().values().stream()
                        .map(tensor -> tensor.dtype().safetensorsName().orElseThrow()))
                .containsExactly(
                        "U64",
                        "I64",
                        "F64",
                        "C64",
                        "F32",
                        "U32",
                        "I32",
                        "BF16",
                        "F16",
                        "U16",
                        "I16",
                        "F8_E5M2FNUZ",
                        "F8_E4M3FNUZ",
                        "F8_E8M0",
                        "F8_E4M3",
                        "F8_E5M2",
                        "I8",
                        "U8",
                        "BOOL");
    }

    @Test
    void namesAreSortedByTheirUtf8Bytes() throws IOException {
        Tensor beyond = Tensor.ofFloats("\ud83d\ude00", Shape.of(1), 1);
        Tensor privateUse = Tensor.ofFloats("\ue000", Shape.of(1), 2);

        write(Map.of(), List.of(beyond, privateUse));

        assertThat(SafetensorsReader.read(folder.resolve("t.safetensors"))
                        .tensors()
                        .keySet())
                .containsExactly("\ue000", "\ud83d\ude00");
    }

    @Test
    void aTypeWithoutANameIsRefused() {
        Tensor packed = new Tensor("w", DType.INT4, Shape.of(2), ByteSource.ofArray(new byte[1]));

        assertThatThrownBy(() -> write(Map.of(), List.of(packed))).hasMessage("safetensors has no type for int4");
    }

    private byte[] write(Map<String, String> metadata, List<Tensor> tensors) throws IOException {
        Path file = folder.resolve("t.safetensors");
        SafetensorsWriter.write(file, metadata, tensors);
        return Files.readAllBytes(file);
    }
}
