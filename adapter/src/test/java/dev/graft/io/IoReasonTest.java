package dev.graft.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoReasonTest {
    @TempDir
    Path folder;

    @Test
    void whatJavaTellsByTheNameOfAFileOnlyHasWords() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(reason(() -> Files.newInputStream(folder.resolve("absent")))).isEqualTo("there is no such file");
        assertThat(reason(() -> Files.createDirectory(file))).isEqualTo("something of that name exists already");
        assertThat(reason(() -> Files.delete(folder))).isEqualTo("the folder is not empty");
        assertThat(IoReason.of(new NotDirectoryException("file"))).isEqualTo("it is not a folder");
        assertThat(IoReason.of(new AccessDeniedException("file"))).isEqualTo("permission denied");
    }

    @Test
    void theReasonOfTheSystemComesWithoutTheFilesName() {
        assertThat(IoReason.of(new FileSystemException("a", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(IoReason.of(new MalformedInputException(1))).isEqualTo("it is not UTF-8 text");
        assertThat(IoReason.of(new IOException("Is a directory"))).isEqualTo("Is a directory");
        assertThat(IoReason.of(new IOException())).isEqualTo("IOException");
    }

    private static String reason(Operation operation) {
        return IoReason.of(catchThrowableOfType(IOException.class, operation::run));
    }

    /** Something that a file system refuses. */
    private interface Operation {
        void run() throws IOException;
    }
}
