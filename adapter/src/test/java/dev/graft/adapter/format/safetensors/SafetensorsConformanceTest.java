package dev.graft.adapter.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsConformanceTest {
    @TempDir
    Path folder;

    /** Files that the reference library wrote come out byte for byte. */
    @Test
    void everySharedFileIsRewrittenToTheSameBytes() throws IOException {
        List<Path> files = files("conformance/peft", "conformance/exports", "models", "adapters");
        List<String> different = new ArrayList<>();

        for (Path file : files) {
            SafetensorsFile read = SafetensorsReader.read(file);
            Path copy = folder.resolve("copy.safetensors");
            SafetensorsWriter.write(copy, read.metadata(), read.tensors().values());
            if (Files.mismatch(file, copy) != -1) {
                different.add(Shared.root().relativize(file).toString());
            }
        }

        assertThat(files).hasSizeGreaterThan(300);
        assertThat(different)
                .as("files of the library's first versions, which did not pad the header")
                .containsExactly(
                        "adapters/cloneofsimo_sd/analog_svd_rank4.safetensors",
                        "adapters/cloneofsimo_sd/lora_disney.safetensors");
    }

    private static List<Path> files(String... folders) throws IOException {
        Stream<Path> all = Stream.empty();
        for (String name : folders) {
            try (Stream<Path> found = Files.walk(Shared.path(name))) {
                all = Stream.concat(
                        all, found.filter(path -> path.toString().endsWith(".safetensors")).toList().stream());
            }
        }
        return all.sorted().toList();
    }
}
