package dev.graft.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
    @TempDir
    Path parent;

    @Test
    void itGoesAwayWithAllThatIsInIt() throws IOException {
        Path path;
        try (TemporaryFolder folder = TemporaryFolder.create("test")) {
            path = folder.path();
            Files.createDirectories(path.resolve("a/b"));
            Files.writeString(path.resolve("a/b/file"), "x");
            assertThat(path.getFileName().toString()).startsWith("graft-test-");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void closingItAgainDoesNothing() {
        TemporaryFolder folder = TemporaryFolder.createIn(parent.resolve("new"), "test");
        folder.close();
        folder.close();

        assertThat(parent.resolve("new")).isEmptyDirectory();
    }

    @Test
    void onlyThisUserMayLookIntoIt() throws IOException {
        assumeThat(parent.getFileSystem().supportedFileAttributeViews()).contains("posix");
        try (TemporaryFolder folder = TemporaryFolder.createIn(parent, "test")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void linksInItAreRemovedAndNotFollowed() throws IOException {
        Path kept = Files.createDirectory(parent.resolve("kept"));
        Files.writeString(kept.resolve("file"), "x");
        try (TemporaryFolder folder = TemporaryFolder.createIn(parent, "test")) {
            Files.createSymbolicLink(folder.path().resolve("folder"), kept);
            Files.createSymbolicLink(folder.path().resolve("file"), kept.resolve("file"));
            Files.createSymbolicLink(folder.path().resolve("nowhere"), parent.resolve("nowhere"));
        }
        assertThat(parent).isDirectoryContaining(kept::equals);
        assertThat(parent.toFile().list()).containsExactly("kept");
        assertThat(kept.resolve("file")).hasContent("x");
    }

    @Test
    void aMappedFileStaysReadable() throws IOException {
        ByteBuffer mapped;
        try (TemporaryFolder folder = TemporaryFolder.createIn(parent, "test")) {
            Path file = Files.write(folder.path().resolve("file"), new byte[] {1, 2, 3});
            try (FileChannel channel = FileChannel.open(file)) {
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 3);
            }
        }
        assertThat(mapped.get(2)).isEqualTo((byte) 3);
    }

    @Test
    void oneThatNobodyClosesGoesAwayWithTheProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TemporaryFolderTest.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        assertThat(process.getInputStream().read()).as("the folder was there").isEqualTo('1');
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(parent).isEmptyDirectory();
    }

    /** Says how many folders there are, and ends the process without closing any. */
    public static void main(String[] arguments) throws IOException {
        Path parent = Path.of(arguments[0]);
        Files.writeString(TemporaryFolder.createIn(parent, "test").path().resolve("file"), "x");
        System.out.print(parent.toFile().list().length);
        System.out.flush();
        System.exit(3);
    }

    @Test
    void aFolderThatCannotBeMadeIsAnError() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "x");

        assertThatThrownBy(() -> TemporaryFolder.createIn(file, "test"))
                .isInstanceOfSatisfying(
                        GraftException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.IO_FAILED))
                .hasMessageStartingWith("cannot create the folder " + file);
    }
}
