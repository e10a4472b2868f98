package dev.graft.compiler.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.compiler.testing.TestGraph;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules for external data. */
class ExternalDataTest {
    @TempDir
    Path temporary;

    @Test
    void aTensorLiesWhereTheEntriesSay() throws IOException {
        Path folder = folder("model");
        Files.write(folder.resolve("w.bin"), new byte[100]);

        ModelIndex model = scan(folder, Map.of("location", "w.bin", "offset", "60", "length", "40"), 10);

        assertThat(model.graph().initializers().get("w").runs())
                .containsExactly(new ByteRegion(folder.resolve("w.bin").toRealPath(), 60, 40));
        assertThat(model.dataFiles()).containsOnlyKeys("w.bin");
    }

    @Test
    void offsetAndLengthMayBeLeftOut() throws IOException {
        Path folder = folder("model");
        Files.write(folder.resolve("w.bin"), new byte[100]);

        assertThat(scan(folder, Map.of("location", "w.bin"), 10)
                        .graph()
                        .initializers()
                        .get("w")
                        .runs()
                        .get(0)
                        .length())
                .isEqualTo(40);
    }

    @Test
    void dataBeyondTwoGigabytesIsFound() throws IOException {
        Path folder = folder("model");
        long offset = 5L << 30;
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("w.bin").toFile(), "rw")) {
            sparse.setLength(offset + 8);
            sparse.seek(offset);
            sparse.write(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40});
        }

        ModelIndex model = scan(folder, Map.of("location", "w.bin", "offset", String.valueOf(offset)), 2);

        assertThat(model.graph().initializers().get("w").tensor().orElseThrow().toDoubles())
                .containsExactly(1, 2);
    }

    @Test
    void aLinkInsideTheFolderIsFollowed() throws IOException {
        Path folder = folder("model");
        Files.write(folder.resolve("real.bin"), new byte[40]);
        Files.createSymbolicLink(folder.resolve("w.bin"), Path.of("real.bin"));

        assertThat(scan(folder, Map.of("location", "w.bin"), 10).dataFiles())
                .containsEntry("w.bin", folder.resolve("real.bin").toRealPath());
    }

    @Test
    void theCacheOfHuggingFaceIsFollowed() throws IOException {
        Path blobs = folder("blobs");
        Path snapshot = folder("snapshots");
        Files.write(blobs.resolve("0123"), new byte[40]);
        model(Map.of("location", "model.onnx_data"), 10).write(blobs.resolve("4567"));
        Files.createSymbolicLink(snapshot.resolve("model.onnx"), Path.of("../blobs/4567"));
        Files.createSymbolicLink(snapshot.resolve("model.onnx_data"), Path.of("../blobs/0123"));

        assertThat(ModelScanner.scan(snapshot.resolve("model.onnx")).dataFiles())
                .containsEntry("model.onnx_data", blobs.resolve("0123").toRealPath());
    }

    @Test
    void aLinkOutOfTheFolderIsRefused() throws IOException {
        Path folder = folder("model");
        Files.write(temporary.resolve("secret"), new byte[40]);
        Files.createSymbolicLink(folder.resolve("w.bin"), Path.of("../secret"));

        assertRefused(folder, Map.of("location", "w.bin"), "its data file 'w.bin' is a link out of the model's folder");
    }

    @Test
    void locationsThatLeadOutOfTheFolderAreRefused() throws IOException {
        Path folder = folder("model");
        Files.write(temporary.resolve("secret"), new byte[40]);

        assertRefused(
                folder, Map.of("location", "../secret"), "its location '../secret' leads out of the model's folder");
        assertRefused(folder, Map.of("location", "a\\..\\..\\secret"), "leads out of the model's folder");
        assertRefused(folder, Map.of("location", "/etc/passwd"), "its location '/etc/passwd' is absolute");
        assertRefused(folder, Map.of("location", "C:\\secret"), "is absolute");
        assertRefused(folder, Map.of("location", "w\0.bin"), "its location 'w?.bin' has a NUL character");
        assertRefused(folder, Map.of("location", ""), "it has no location");
        assertRefused(folder, Map.of(), "it has no location");
    }

    @Test
    void filesThatAreNoneAreRefused() throws IOException {
        Path folder = folder("model");
        Files.createDirectory(folder.resolve("sub"));

        assertRefused(folder, Map.of("location", "absent.bin"), "its data file 'absent.bin' does not exist");
        assertRefused(folder, Map.of("location", "sub"), "its data file 'sub' is not a regular file");
        assertRefused(folder, Map.of("location", "model.onnx"), "its data file is the model file itself");
    }

    @Test
    void numbersThatDoNotFitAreRefused() throws IOException {
        Path folder = folder("model");
        Files.write(folder.resolve("w.bin"), new byte[100]);

        assertRefused(folder, entries("offset", "-4"), "its offset is '-4', expected a number of bytes");
        assertRefused(folder, entries("offset", "0x10"), "its offset is '0x10'");
        assertRefused(folder, entries("offset", "99999999999999999999"), "expected a number of bytes");
        assertRefused(folder, entries("offset", "61"), "it wants 40 bytes at 61 of 'w.bin', which has 100");
        assertRefused(folder, entries("length", "41"), "its length is 41 bytes, expected 40 for float32 [10]");
        assertRefused(folder, entries("colour", "red"), "its external data has the unknown key 'colour'");
    }

    @Test
    void aKeyGivenTwiceIsRefused() throws IOException {
        Path folder = folder("model");
        Files.write(folder.resolve("w.bin"), new byte[100]);
        TestGraph test = TestGraph.empty()
                .initializer(TestGraph.external("w", Map.of("location", "w.bin"), 10).toBuilder()
                        .addExternalData(TestGraph.entry("location", "other.bin"))
                        .build())
                .output("w");

        assertRefused(test.write(folder.resolve("model.onnx")), "its external data has the key 'location' twice");
    }

    @Test
    void aChecksumIsNotBelievedSilently() throws IOException {
        Path folder = folder("model");
        Files.write(folder.resolve("w.bin"), new byte[100]);

        assertThat(scan(folder, entries("checksum", "0000"), 10).warnings())
                .anySatisfy(warning -> assertThat(warning).startsWith("the checksum of 'w.bin' was not checked"));
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(temporary.resolve(name));
    }

    private static Map<String, String> entries(String key, String value) {
        Map<String, String> entries = new LinkedHashMap<>(Map.of("location", "w.bin"));
        entries.put(key, value);
        return entries;
    }

    private static TestGraph model(Map<String, String> entries, long elements) {
        return TestGraph.empty()
                .initializer(TestGraph.external("w", entries, elements))
                .node("Identity", "", List.of("w"), List.of("y"))
                .output("y");
    }

    private static ModelIndex scan(Path folder, Map<String, String> entries, long elements) {
        return ModelScanner.scan(model(entries, elements).write(folder.resolve("model.onnx")));
    }

    private static void assertRefused(Path folder, Map<String, String> entries, String message) {
        assertRefused(model(entries, 10).write(folder.resolve("model.onnx")), message);
    }

    private static void assertRefused(Path model, String message) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> ModelScanner.scan(model));
        assertThat(error)
                .as(message)
                .isNotNull()
                .hasMessageContaining("tensor 'w': ")
                .hasMessageContaining(message);
        assertThat(error.code()).isEqualTo(ErrorCode.EXTERNAL_DATA_INVALID);
        assertThat(error.location().tensor()).isEqualTo("w");
    }
}
