package dev.graft.adapter.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {
    @TempDir
    Path folder;

    @Test
    void tensorsAreReadFromTheirPlaces() throws IOException {
        Path file = file(
                "{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[2,10]},"
                        + "\"a\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[0,2],\"more\":[{}]}}",
                0x00,
                0x3c,
                0,
                0,
                0x80,
                0x3f,
                0,
                0,
                0,
                0x40);

        SafetensorsFile read = SafetensorsReader.read(file);

        assertThat(read.metadata()).containsExactly(java.util.Map.entry("format", "pt"));
        assertThat(read.tensors().keySet()).containsExactly("b", "a");
        assertThat(read.tensors().get("b").dtype()).isEqualTo(DType.FLOAT32);
        assertThat(read.tensors().get("b").toDoubles()).containsExactly(1, 2);
        assertThat(read.tensors().get("a").shape()).isEqualTo(Shape.of());
        assertThat(read.tensors().get("a").toDoubles()).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[4,5] 2,10 | expected data to begin at 0, got 2: a hole of 2 bytes before it",
                "[1,1] 0,8 | expected 4 bytes for F32 [1, 1], got 8",
                "[1] 4,0 | expected data_offsets [begin, end] with begin <= end, got [4, 0]",
                "[1] 0,4,8 | expected data_offsets [begin, end] with begin <= end, got [0, 4, 8]",
                "[-1] 0,4 | expected a whole number that is not negative, got -1",
                "[1.0] 0,4 | expected a whole number below 2^63, got 1.0",
                "[99999999999999999999] 0,4 | expected a whole number below 2^63, got 99999999999999999999",
                "[4611686018427387904,4] 0,0 | the shape [4611686018427387904, 4] has more elements than any file can hold",
                "[4611686018427387904] 0,0 | the shape [4611686018427387904] has more elements than any file can hold",
                "[1] 0,4 F5 | unknown dtype 'F5'",
                "[3] 0,2 F4 | expected 2 bytes for F4 [3], got 2",
            })
    void aTensorThatContradictsItselfIsRefused(String shapeOffsetsType, String message) throws IOException {
        String[] parts = shapeOffsetsType.split(" ", -1);
        String dtype = parts.length > 2 ? parts[2] : "F32";
        String[] dims = parts[0].equals("[4,5]") ? new String[] {"[2]"} : new String[] {parts[0]};
        Path file = file(
                "{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":" + dims[0] + ",\"data_offsets\":[" + parts[1] + "]}}",
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                10);

        assertRefused(file, message);
    }

    @Test
    void layoutsThatDoNotCoverTheDataAreRefused() throws IOException {
        String a = "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}";
        String overlapping = "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}";

        assertRefused(file("{" + a + "," + overlapping + "}", 1, 2, 3, 4, 5, 6), "an overlap of 2 bytes");
        assertRefused(file("{" + a + "}", 1, 2, 3, 4, 5), "expected 4 bytes of data, as the header says, got 5");
        assertRefused(file("{" + a + "}", 1, 2, 3), "expected 4 bytes of data, as the header says, got 3");
    }

    @Test
    void headersThatBreakTheFormatAreRefused() throws IOException {
        assertRefused(file(" {}"), "expected the header to begin with '{'");
        assertRefused(file(""), "expected the header to begin with '{'");
        assertRefused(file("{}\0"), "not valid JSON");
        assertRefused(file("{\"__metadata__\":{\"a\":1}}"), "expected string, got number");
        assertRefused(file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"), "the key 'a' occurs twice");
        assertRefused(file("{\"t\":{\"shape\":[],\"data_offsets\":[0,0]}}"), "expected a dtype, got none");
        assertRefused(file("{\"t\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}"), "expected a shape, got none");
        assertRefused(file("{\"t\":{\"dtype\":\"U8\",\"shape\":[0]}}"), "got null");
        assertRefused(file("{\"t\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}"), "the key 'dtype' occurs twice");
        String dims = "0,".repeat(100) + "0";
        assertRefused(file("{\"t\":{\"shape\":[" + dims + "]}}"), "more than 64 dimensions");
    }

    @Test
    void aNameOrAListWithoutEndIsRefused() throws IOException {
        assertRefused(file("{\"" + "n".repeat(5000) + "\":{}}"), "a tensor's name has 5000 characters");
    }

    /** The largest header that is read, full of the smallest tensors: an answer, within the heap of a test. */
    @Test
    void aHeaderFullOfTensorsIsRefusedWithoutExhaustingMemory() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; header.length() < (1 << 25) - 100; i++) {
            header.append(i == 0 ? "\"" : ",\"")
                    .append(i)
                    .append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        assertRefused(file(header.append('}').toString()), "more than 200000 tensors");
    }

    @Test
    void lengthsThatLieAreRefusedBeforeAnythingIsRead() throws IOException {
        assertRefused(bytes(new byte[7]), "expected at least 8 bytes, got 7");
        assertRefused(bytes(length(100)), "the header should be 100 bytes, but the file ends after 8");
        assertRefused(bytes(length((1 << 25) + 1)), "expected a header of at most 33554432 bytes, got 33554433");
        assertRefused(bytes(length(-1)), "expected a header of at most 33554432 bytes, got 18446744073709551615");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> SafetensorsReader.read(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND));
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> SafetensorsReader.read(file)).isInstanceOfSatisfying(GraftException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.SAFETENSORS_MALFORMED);
            assertThat(error).hasMessageContaining(message);
            assertThat(error.location().file()).isEqualTo(file);
        });
    }

    private static byte[] length(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    private Path bytes(byte[] content) throws IOException {
        return Files.write(folder.resolve("t.safetensors"), content);
    }

    private Path file(String header, int... data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(8 + text.length + data.length);
        content.put(length(text.length)).put(text);
        for (int value : data) {
            content.put((byte) value);
        }
        return bytes(content.array());
    }
}
