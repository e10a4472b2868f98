package dev.graft.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
    @TempDir
    Path folder;

    @Test
    void nothingAppearsBeforeTheCommitAndEverythingAfterIt() throws IOException {
        Path destination = folder.resolve("checkpoint-1");

        try (OutputFolder output = OutputFolder.open(destination)) {
            Files.createDirectory(output.staging().resolve("sub"));
            Files.writeString(output.staging().resolve("sub/file"), "content");
            assertThat(destination).doesNotExist();
            output.commit();
        }

        assertThat(destination.resolve("sub/file")).hasContent("content");
        assertThat(names()).containsExactly("checkpoint-1");
    }

    @Test
    void withoutACommitNothingIsLeft() throws IOException {
        try (OutputFolder output = OutputFolder.open(folder.resolve("checkpoint-1"))) {
            Files.writeString(output.staging().resolve("file"), "half");
        }

        assertThat(names()).isEmpty();
    }

    @Test
    void aFolderThatIsThereIsReplacedAsAWhole() throws IOException {
        Path destination = Files.createDirectory(folder.resolve("checkpoint-1"));
        Files.writeString(destination.resolve("old"), "old");

        try (OutputFolder output = OutputFolder.open(destination)) {
            Files.writeString(output.staging().resolve("new"), "new");
            output.commit();
        }

        try (var entries = Files.list(destination)) {
            assertThat(entries).containsExactly(destination.resolve("new"));
        }
        assertThat(names()).containsExactly("checkpoint-1");
    }

    @Test
    void whatADeadProcessHasStagedIsNotPartOfTheNextOne() throws IOException {
        Files.createDirectory(folder.resolve(".graft-checkpoint-1.new"));
        Files.writeString(folder.resolve(".graft-checkpoint-1.new/stale"), "stale");

        try (OutputFolder output = OutputFolder.open(folder.resolve("checkpoint-1"))) {
            assertThat(output.staging()).isEmptyDirectory();
        }
    }

    @Test
    void linksAreRemovedAndNotFollowed() throws IOException {
        Path outside = Files.writeString(
                Files.createDirectory(folder.resolve("outside")).resolve("precious"), "kept");
        Path destination = Files.createDirectory(folder.resolve("checkpoint-1"));
        Files.createSymbolicLink(destination.resolve("link"), outside.getParent());

        OutputFolder.remove(destination);

        assertThat(destination).doesNotExist();
        assertThat(outside).hasContent("kept");
        assertThat(names()).containsExactly("outside");
    }

    @Test
    void leftoversOfOtherNamesStay() throws IOException {
        Files.createDirectory(folder.resolve(".graft-checkpoint-1.new"));
        Files.createDirectory(folder.resolve(".graft-checkpoint-2.old"));
        Files.createDirectory(folder.resolve(".graft-model.onnx.tmp"));
        Files.createDirectory(folder.resolve("checkpoint-3"));

        OutputFolder.removeLeftovers(folder, "checkpoint-");

        assertThat(names()).containsExactly(".graft-model.onnx.tmp", "checkpoint-3");
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
