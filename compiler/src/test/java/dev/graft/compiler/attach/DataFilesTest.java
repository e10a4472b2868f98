package dev.graft.compiler.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFilesTest {
    @TempDir
    Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void write() throws IOException {
        source = Files.writeString(folder.resolve("base.data"), "weights");
        target = folder.resolve("staged");
    }

    @Test
    void whereLinksCanBeMadeTheDataAreShared() throws IOException {
        DataFiles data = new DataFiles(Optional.of(Files::createLink));

        boolean linked = data.bring(source, target, "base.data");

        assertThat(linked).isTrue();
        assertThat(Files.isSameFile(source, target)).isTrue();
        assertThat(data.warnings()).isEmpty();
    }

    @Test
    void copiesThatWereAskedForAreNoNews() throws IOException {
        DataFiles data = new DataFiles(Optional.empty());

        boolean linked = data.bring(source, target, "base.data");

        assertThat(linked).isFalse();
        assertThat(target).hasContent("weights");
        assertThat(Files.isSameFile(source, target)).isFalse();
        assertThat(data.warnings()).isEmpty();
    }

    @Test
    void onAnotherFileSystemTheyAreCopiedAndTheWarningSaysWhatItSaid() throws IOException {
        DataFiles data = new DataFiles(Optional.of((link, file) -> {
            throw new FileSystemException(link.toString(), file.toString(), "Invalid cross-device link");
        }));

        data.bring(source, target, "base.data");

        assertThat(target).hasContent("weights");
        assertThat(Files.isSameFile(source, target)).isFalse();
        assertThat(data.warnings())
                .containsExactly("base.data was copied, not shared with the base: no link can be made there (Invalid "
                        + "cross-device link); an output on the base's file system shares it");
    }

    @Test
    void soTheyAreWhereThereAreNoLinksAtAll() {
        DataFiles data = new DataFiles(Optional.of((link, file) -> {
            throw new UnsupportedOperationException("no links here, as Files.createLink says it");
        }));

        data.bring(source, target, "base.data");

        assertThat(target).hasContent("weights");
        assertThat(data.warnings())
                .containsExactly("base.data was copied, not shared with the base: no link can be made there (the file "
                        + "system has none); an output on the base's file system shares it");
    }

    @Test
    void aFileThatCannotBeBroughtIsAnErrorWithARemedy() {
        GraftException error = catchThrowableOfType(
                GraftException.class,
                () -> new DataFiles(Optional.of(Files::createLink)).bring(folder.resolve("gone"), target, "gone"));

        assertThat(error.code()).isEqualTo(ErrorCode.IO_FAILED);
        assertThat(error.location().file()).isEqualTo(folder.resolve("gone"));
        assertThat(error.remedy()).isEqualTo("Check the free space, or write the output into the base's own folder.");
    }
}
