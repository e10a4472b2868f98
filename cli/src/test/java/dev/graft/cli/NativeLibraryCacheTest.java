package dev.graft.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryCacheTest {
    private static final String NATIVE = "ai/onnxruntime/native/";

    @TempDir
    Path folder;

    @Test
    void onlyTheLibrariesOfThePlatformAreUnpacked() throws IOException {
        Path jar = jarWith(
                NATIVE + "linux-x64/libonnxruntime.so",
                NATIVE + "linux-x64/libonnxruntime4j_jni.so",
                NATIVE + "linux-x64/libonnxruntime.dSYM/symbols",
                NATIVE + "win-x64/onnxruntime.dll");
        Path cache = folder.resolve("cache/onnxruntime-linux-x64");

        NativeLibraryCache.unpack(jar, cache, "linux-x64");

        assertThat(cache.toFile().list()).containsExactlyInAnyOrder("libonnxruntime.so", "libonnxruntime4j_jni.so");
        assertThat(cache.resolve("libonnxruntime.so")).hasContent(NATIVE + "linux-x64/libonnxruntime.so");
        assertThat(cache.getParent().toFile().list()).containsExactly("onnxruntime-linux-x64");
    }

    @Test
    void aCacheThatAnotherStartMadeMeanwhileIsKept() throws IOException {
        Path jar = jarWith(NATIVE + "linux-x64/libonnxruntime.so");
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Files.writeString(cache.resolve("libonnxruntime.so"), "first");

        NativeLibraryCache.unpack(jar, cache, "linux-x64");

        assertThat(cache.resolve("libonnxruntime.so")).hasContent("first");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("cache", "ort.jar");
    }

    @Test
    void aPlatformWithoutLibrariesIsRefusedAndLeavesNothing() throws IOException {
        Path jar = jarWith(NATIVE + "linux-x64/libonnxruntime.so");

        assertThatThrownBy(() -> NativeLibraryCache.unpack(jar, folder.resolve("cache"), "osx-x64"))
                .isInstanceOf(IOException.class)
                .hasMessage("ort.jar holds no native libraries below ai/onnxruntime/native/osx-x64/");
        assertThat(folder.toFile().list()).containsExactly("ort.jar");
    }

    @Test
    void aCacheThatCannotBeMadeIsToldInOneLine() throws IOException {
        Path jar = jarWith(NATIVE + NativeLibraryCache.platform() + "/libonnxruntime.so");
        Path file = Files.createFile(folder.resolve("file"));
        ByteArrayOutputStream messages = new ByteArrayOutputStream();

        NativeLibraryCache.unpackOrTell(jar, file.resolve("cache"), new PrintStream(messages, true, UTF_8));

        assertThat(messages.toString(UTF_8))
                .isEqualTo("graft: cannot keep ONNX Runtime's libraries in " + file.resolve("cache")
                        + " (something of that name exists already), so each start takes longer; XDG_CACHE_HOME names"
                        + " another place\n");
    }

    private Path jarWith(String... names) throws IOException {
        Path jar = folder.resolve("ort.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.getBytes(UTF_8));
            }
        }
        return jar;
    }
}
