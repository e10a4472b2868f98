package dev.graft.runtime.inputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputFilesTest {
    private static final Dimension BATCH = new Dimension.Symbolic("batch");
    private static final Dimension SEQUENCE = new Dimension.Symbolic("sequence");
    private static final List<ValueDescription> INPUTS = List.of(
            new ValueDescription("input_ids", DType.INT64, List.of(BATCH, SEQUENCE)),
            new ValueDescription("attention_mask", DType.INT32, List.of(BATCH, SEQUENCE)));

    @TempDir
    Path folder;

    @Test
    void aLineIsASampleAndTheMaskFollows() throws Exception {
        Path file = Files.writeString(
                folder.resolve("inputs.jsonl"), "{\"input_ids\": [5, 6, 7]}\r\n\n{\"input_ids\": [[1, 2], [3, 4]]}\n");

        List<Map<String, HostTensor>> samples = InputFiles.read(file, INPUTS, InputHints.NONE);

        assertThat(samples).hasSize(2);
        assertThat(samples.get(0).get("input_ids")).isEqualTo(HostTensor.ofLongs(Shape.of(1, 3), 5, 6, 7));
        assertThat(samples.get(0).get("attention_mask"))
                .isEqualTo(HostTensor.ofIntegers(DType.INT32, Shape.of(1, 3), 1, 1, 1));
        assertThat(samples.get(1).get("input_ids")).isEqualTo(HostTensor.ofLongs(Shape.of(2, 2), 1, 2, 3, 4));
    }

    @Test
    void floatsAndBooleansAreRead() throws Exception {
        List<ValueDescription> inputs = List.of(
                new ValueDescription("x", DType.FLOAT16, List.of(BATCH, new Dimension.Fixed(2))),
                new ValueDescription("flag", DType.BOOL, List.of(new Dimension.Fixed(1))));
        Path file = Files.writeString(folder.resolve("inputs.jsonl"), "{\"x\": [0.5, -2], \"flag\": [true]}");

        Map<String, HostTensor> sample =
                InputFiles.read(file, inputs, InputHints.NONE).get(0);

        assertThat(sample.get("x")).isEqualTo(HostTensor.ofDoubles(DType.FLOAT16, Shape.of(1, 2), 0.5, -2));
        assertThat(sample.get("flag").toLongs()).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"input_ids": [1, [2]]}      | input 'input_ids': rows of different lengths
            {"input_ids": [[1], 2]}      | input 'input_ids': some numbers are nested deeper than others
            {"input_ids": [[1], [2, 3]]} | input 'input_ids': rows of different lengths
            {"input_ids": [[[1]]]}       | input 'input_ids': expected numbers nested 2 deep, got 3
            {"input_ids": ["a"]}         | input 'input_ids': expected a whole number, got a string
            {"input_ids": [1.5]}         | input 'input_ids': expected a whole number, got 1.5
            {"attention_mask": [3000000000], "input_ids": [1]} | input 'attention_mask': a number is beyond the range of int32
            {"ids": [1]}                 | the model has no input 'ids'; its inputs are [input_ids, attention_mask]
            {"attention_mask": [1]}      | no value for the input input_ids: int64 [batch, sequence]; given: [attention_mask]
            """)
    void whatDoesNotFitIsNamedWithItsLine(String line, String message) throws Exception {
        Path file = Files.writeString(folder.resolve("inputs.jsonl"), "{\"input_ids\": [1]}\n" + line);

        GraftException error = failure(() -> InputFiles.read(file, INPUTS, InputHints.NONE));

        assertThat(error.code()).isEqualTo(ErrorCode.INPUTS_INVALID);
        assertThat(error).hasMessage(message);
        assertThat(error.location()).hasToString(file + ", node 'line 2'");
    }

    @Test
    void aBrokenLineIsNotJson() throws Exception {
        Path file = Files.writeString(folder.resolve("inputs.jsonl"), "{\"input_ids\": [1, }");

        assertThat(failure(() -> InputFiles.read(file, INPUTS, InputHints.NONE)).code())
                .isEqualTo(ErrorCode.JSON_MALFORMED);
    }

    @Test
    void aSafetensorsFileIsOneSampleAndOtherTensorsArePassedOver() throws Exception {
        Path file = folder.resolve("inputs.safetensors");
        String header = "{\"input_ids\":{\"dtype\":\"I64\",\"shape\":[1,2],\"data_offsets\":[0,16]},"
                + "\"expected\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]}}";
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 20).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .putLong(8)
                .putLong(9)
                .putFloat(1);
        Files.write(file, bytes.array());

        List<Map<String, HostTensor>> samples = InputFiles.read(file, INPUTS, InputHints.NONE);

        assertThat(samples).hasSize(1);
        assertThat(samples.get(0)).containsOnlyKeys("input_ids", "attention_mask");
        assertThat(samples.get(0).get("input_ids").toLongs()).containsExactly(8, 9);
    }

    @Test
    void otherFilesAndEmptyOnesAreRefused() throws Exception {
        Path csv = Files.writeString(folder.resolve("inputs.csv"), "1,2");
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "\n");

        assertThat(failure(() -> InputFiles.read(csv, INPUTS, InputHints.NONE)).code())
                .isEqualTo(ErrorCode.UNKNOWN_FORMAT);
        assertThat(failure(() -> InputFiles.read(empty, INPUTS, InputHints.NONE)))
                .hasMessage("the file holds no sample");
        assertThat(failure(() -> InputFiles.read(folder.resolve("no.jsonl"), INPUTS, InputHints.NONE))
                        .code())
                .isEqualTo(ErrorCode.FILE_NOT_FOUND);
    }

    @Test
    void hintsAreReadFromTheModelsFolder() throws Exception {
        Files.writeString(
                folder.resolve("genai_config.json"),
                "{\"model\": {\"vocab_size\": 512, \"decoder\": {\"head_size\": 16}}}");
        Files.writeString(
                folder.resolve("config.json"), "{\"vocab_size\": 99, \"hidden_size\": 64, \"num_attention_heads\": 8}");

        InputHints hints = ModelFolderHints.read(folder.resolve("model.onnx"), INPUTS);

        assertThat(hints.bounds()).containsOnly(Map.entry("input_ids", 512L));
        assertThat(hints.dims()).containsOnly(Map.entry("kv_cache_dim", 16L));
    }

    private static GraftException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(GraftException.class, call);
    }
}
