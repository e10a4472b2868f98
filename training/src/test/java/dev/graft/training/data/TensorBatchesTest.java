package dev.graft.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.adapter.format.safetensors.SafetensorsWriter;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import dev.graft.training.config.TrainingConfig;
import dev.graft.training.step.Batch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorBatchesTest {
    /** numpy.savez_compressed(x=arange(12, float32).reshape(4, 3), labels=array([1, 0, 2, -100], int32)), NumPy 2. */
    private static final String NUMPY =
            "UEsDBC0AAAAIAAAAIQAWctyh//////////8FABQAeC5ucHkBABAAsAAAAAAAAABmAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoX"
                    + "ZyQWpAL5GiY6CsaaOgq1CmQDLgYwaLAHEg5ABMQNQLwAiA8A8QMgZnBkYBAAYgUgNnAEAFBLAwQtAAAACAAAACEA4H5OBP//////////CgAUAGxhYmVscy5ucHkBABAAkAAAAAAA"
                    + "AABPAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6mjoKtQoUAC5GBghgAuI5////BwBQSwECLQMtAAAACAAA"
                    + "ACEAFnLcoWYAAACwAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAACAAAACEA4H5OBE8AAACQAAAACgAAAAAAAAAAAAAAgAGdAAAAbGFiZWxzLm5weVBLBQYAAAAA"
                    + "AgACAGsAAAAoAQAAAAA=";

    /** numpy.savez(x=array(["a", None], object)). */
    private static final String PICKLE =
            "UEsDBC0AAAAAAAAAIQAXcJP///////////8FABQAeC5ucHkBABAAGgEAAAAAAAAaAQAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJ3xPJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwg"
                    + "J3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKgASVjwAAAAAAAACMFm51bXB5Ll9j"
                    + "b3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsChZRoA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJRO"
                    + "Tk5K/////0r/////Sz90lGKJXZQojAFhlE5ldJRiLlBLAQItAy0AAAAAAAAAIQAXcJP/GgEAABoBAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLBQYAAAAAAQABADMAAABRAQAA"
                    + "AAA=";

    @TempDir
    Path folder;

    @BeforeEach
    void configuration() throws IOException {
        Files.writeString(
                folder.resolve("train.yaml"),
                "model_name_or_path: model.onnx\noutput_dir: out\ndisable_shuffling: true\nper_device_train_batch_size: 3\n");
    }

    @Test
    void anArchiveOfNumpyIsReadByRows() throws IOException {
        Files.write(folder.resolve("a.npz"), Base64.getDecoder().decode(NUMPY));

        TrainingData data = open("a.npz", "loss=classification");

        Batch first = data.training().batch(0, 0);
        Batch last = data.training().batch(0, 1);
        assertThat(data.training().size()).isEqualTo(2);
        assertThat(first.inputs().keySet()).containsExactly("x");
        assertThat(first.inputs().get("x")).hasToString("float32 [3, 3]");
        assertThat(last.inputs().get("x").toDoubles()).containsExactly(9, 10, 11);
        assertThat(first.labels().orElseThrow()).hasToString("int64 [3]");
        assertThat(first.labels().orElseThrow().toLongs()).containsExactly(1, 0, 2);
        assertThat(first.counted()).isEqualTo(3);
        assertThat(last.counted()).isZero();
        assertThat(last.tokens()).isEqualTo(1);
    }

    @Test
    void rowsOfSeveralSafetensorsFilesFollowOneAnother() {
        write("a.safetensors", floats("x", Shape.of(2, 2), 0, 1, 2, 3), floats("y", Shape.of(2, 1), 10, 11));
        write("b.safetensors", floats("x", Shape.of(3, 2), 4, 5, 6, 7, 8, 9), floats("y", Shape.of(3, 1), 12, 13, 14));

        TrainingData data = open("a.safetensors,b.safetensors", "loss=regression", "label_column=y");
        Batch batch = data.training().batch(0, 0);

        assertThat(batch.inputs().get("x").toDoubles()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(batch.labels().orElseThrow()).hasToString("float32 [3, 1]");
        assertThat(batch.labels().orElseThrow().toDoubles()).containsExactly(10, 11, 12);
        assertThat(batch.counted()).isEqualTo(3);
        assertThat(data.report().rows()).isEqualTo(5);
    }

    @Test
    void shuffledRowsKeepTheirLabels() {
        float[] numbers = new float[40];
        for (int i = 0; i < 40; i++) {
            numbers[i] = i;
        }
        write("a.safetensors", floats("x", Shape.of(40), numbers), floats("labels", Shape.of(40), numbers));

        Batches batches = open("a.safetensors", "loss=regression", "disable_shuffling=false")
                .training();

        List<Double> seen = new java.util.ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.batch(4, i);
            assertThat(batch.inputs().get("x").toDoubles())
                    .isEqualTo(batch.labels().orElseThrow().toDoubles());
            for (double value : batch.inputs().get("x").toDoubles()) {
                seen.add(value);
            }
        }
        assertThat(seen)
                .doesNotHaveDuplicates()
                .hasSize(40)
                .isNotEqualTo(seen.stream().sorted().toList());
    }

    @Test
    void theNextTokensOfALanguageModelAreTakenAsTheyAre() {
        write(
                "a.safetensors",
                longs("idx", Shape.of(2, 3), 1, 2, 3, 4, 5, 6),
                longs("labels", Shape.of(2, 3), 2, 3, -100, -100, 6, 7));

        Batch batch = open("a.safetensors").training().batch(0, 0);

        assertThat(batch.labels().orElseThrow().toLongs()).containsExactly(2, 3, -100, -100, 6, 7);
        assertThat(batch.counted()).isEqualTo(4);
        assertThat(batch.tokens()).isEqualTo(6);
    }

    @Test
    void aGraphThatComputesItsLossTakesAllTensorsAsInputs() {
        write("a.safetensors", floats("x", Shape.of(2), 1, 2), floats("labels", Shape.of(2), 3, 4));

        Batch batch = open("a.safetensors", "loss=output:loss").training().batch(0, 0);

        assertThat(batch.inputs().keySet()).containsExactlyInAnyOrder("x", "labels");
        assertThat(batch.labels()).isEmpty();
        assertThat(batch.counted()).isEqualTo(2);
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        write("rows.safetensors", floats("x", Shape.of(2), 1, 2), floats("y", Shape.of(3), 3, 4, 5));
        write("scalar.safetensors", floats("x", Shape.of(), 1));
        write("labels.safetensors", floats("x", Shape.of(2), 1, 2), floats("labels", Shape.of(2), 0, 1));
        write("other.safetensors", floats("x", Shape.of(2, 2), 1, 2, 3, 4), floats("labels", Shape.of(2), 0, 1));

        assertThat(refused("rows.safetensors"))
                .hasMessage("expected 2 rows, as the tensor before it has, got shape [3]");
        assertThat(refused("scalar.safetensors"))
                .hasMessage("expected a first dimension that counts rows, got shape []");
        assertThat(refused("labels.safetensors"))
                .hasMessage("expected labels to be whole numbers [rows, length], got float32 [2]");
        assertThat(refused("labels.safetensors", "loss=classification"))
                .hasMessage("expected labels to be whole numbers [rows], got float32 [2]");
        assertThat(refused("labels.safetensors", "loss=regression", "label_column=z"))
                .hasMessage("expected a tensor 'z' of labels, got [labels, x]");
        assertThat(refused("labels.safetensors,other.safetensors", "loss=regression"))
                .hasMessage("expected rows of float32 [2], as the first file has, got float32 [2, 2]");
        assertThat(refused("labels.safetensors,a.jsonl"))
                .hasMessage("expected files of rows or files of tensors, got both");
    }

    @Test
    void pickledArraysAreRefused() throws IOException {
        Files.write(folder.resolve("a.npz"), Base64.getDecoder().decode(PICKLE));

        GraftException error = refused("a.npz");

        assertThat(error.code()).isEqualTo(ErrorCode.PICKLE_REFUSED);
        assertThat(error).hasMessage("an array of Python objects is a pickle, which can run code when it is read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), } | expected rows one behind the other, got Fortran's order; save "
                        + "numpy.ascontiguousarray(array)",
                "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1), } | expected little-endian numbers of a usual type, got '>f4'",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1), } | expected little-endian numbers of a usual type, got '<c8'",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), } | expected an array of plain numbers, got the header",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), } | expected 8 bytes of data, got 4",
                "{'descr': '<f2', 'fortran_order': False, 'shape': (1, 1), } | expected 2 bytes of data, got more",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } | the shape (4294967296, 4294967296) is beyond any size",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3000000000, 10), } | an array of [3000000000, 10] does not fit into memory; give Java a "
                        + "larger heap, or write safetensors",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | the shape (99999999999999999999,) is beyond any size",
                "{'descr': '<f4', 'fortran_order': False, } | the header has no shape",
            })
    void hostileArraysAreRefused(String header, String message) throws IOException {
        writeArchive("x.npy", npy(header, new byte[4]));

        GraftException error = refused("a.npz");

        assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
        assertThat(error).message().startsWith(message);
        assertThat(error.location().toString()).endsWith("a.npz, tensor 'x'");
    }

    @Test
    void archivesOfSomethingElseAreRefused() throws IOException {
        writeArchive("../../evil.txt", new byte[3]);
        assertThat(refused("a.npz")).hasMessage("expected entries NAME.npy, got '../../evil.txt'");
        writeArchive("x.npy", new byte[20]);
        assertThat(refused("a.npz")).hasMessage("expected a NumPy array, which begins with \\x93NUMPY");
        Files.writeString(folder.resolve("a.npz"), "not a zip file");
        assertThat(refused("a.npz"))
                .message()
                .startsWith("not a whole NumPy archive, but one that was cut off, or another file: ");
        byte[] whole = Base64.getDecoder().decode(NUMPY);
        Files.write(folder.resolve("a.npz"), java.util.Arrays.copyOf(whole, 150));
        assertThat(refused("a.npz")).message().startsWith("not a NumPy archive: ");
    }

    @Test
    void anArchiveThatWasCutOffBehindItsArraysIsRefused() throws IOException {
        byte[] whole = Base64.getDecoder().decode(NUMPY);
        // 0x128 is where NumPy's directory begins, behind the second array
        for (int length : new int[] {0x9d, 0x128, whole.length - 1}) {
            Files.write(folder.resolve("a.npz"), java.util.Arrays.copyOf(whole, length));

            GraftException error = refused("a.npz", "loss=output:loss");

            assertThat(error).as("%d bytes", length).isNotNull();
            assertThat(error.code()).isEqualTo(ErrorCode.TRAINING_DATA_INVALID);
            assertThat(error)
                    .message()
                    .startsWith("not a whole NumPy archive, but one that was cut off, or another file: ");
        }
    }

    @Test
    void oneArrayByItselfIsRefused() throws IOException {
        Files.write(folder.resolve("a.npy"), new byte[1]);

        GraftException error = refused("a.npy");

        assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_FORMAT);
        assertThat(error).hasMessage("a .npy file holds one array, and inputs and labels are several");
        assertThat(error.remedy())
                .isEqualTo("Save them by name in one file: numpy.savez('data.npz', input_ids=..., labels=...).");
        assertThat(refused("none.npz").remedy()).startsWith("It was looked for in " + folder.toAbsolutePath());
    }

    private static byte[] npy(String header, byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        bytes.write(header.length());
        bytes.write(0);
        bytes.write(header.getBytes(StandardCharsets.US_ASCII));
        bytes.write(data);
        return bytes.toByteArray();
    }

    private void writeArchive(String entry, byte[] content) throws IOException {
        try (OutputStream file = Files.newOutputStream(folder.resolve("a.npz"));
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content);
            zip.closeEntry();
        }
    }

    private TrainingData open(String dataset, String... settings) {
        String[] all = java.util.Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] = "dataset=" + dataset;
        TrainingConfig config = TrainingConfig.read(folder.resolve("train.yaml"), List.of(all));
        return TrainingData.open(config, Optional.empty());
    }

    private GraftException refused(String dataset, String... settings) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(
                GraftException.class, () -> open(dataset, settings));
    }

    private void write(String name, Tensor... tensors) {
        SafetensorsWriter.write(folder.resolve(name), Map.of(), List.of(tensors));
    }

    private static Tensor floats(String name, Shape shape, float... values) {
        return Tensor.ofFloats(name, shape, values);
    }

    private static Tensor longs(String name, Shape shape, long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(values);
        return new Tensor(name, DType.INT64, shape, ByteSource.ofArray(buffer.array()));
    }
}
