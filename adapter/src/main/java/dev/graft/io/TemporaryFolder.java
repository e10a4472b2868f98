package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A folder for files that nobody keeps, which goes away with everything in it when it is closed, or else when the process ends, interrupted or not. Only
 * this user can read it. Links in it are removed, not followed.
 *
 * <p>A file that is mapped into memory may be left in it: where the system lets go of it at once, it stays readable; where it does not, it is tried again
 * when the process ends.
 */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private final Thread atExit;

    private TemporaryFolder(Path path) {
        this.path = path;
        this.atExit = new Thread(() -> remove(path), "remove temporary files");
    }

    /**
     * A new folder where the system keeps temporary files.
     *
     * @param purpose part of its name
     * @throws GraftException {@code IO_FAILED}
     */
    public static TemporaryFolder create(String purpose) {
        try {
            return removedAtExit(Files.createTempDirectory(prefix(purpose)));
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot make a temporary folder: " + IoReason.of(e),
                    Location.NONE,
                    "Free space in the folder for temporary files, or name another with -Djava.io.tmpdir.",
                    e);
        }
    }

    /**
     * A new folder inside another one, which is made if need be, for files as large as that one can hold.
     *
     * @param purpose part of its name
     * @throws GraftException {@code IO_FAILED}
     */
    public static TemporaryFolder createIn(Path parent, String purpose) {
        OutputFiles.createFolders(parent);
        try {
            return removedAtExit(Files.createTempDirectory(parent, prefix(purpose)));
        } catch (IOException e) {
            throw OutputFiles.failed("make a folder in", parent, e);
        }
    }

    private static String prefix(String purpose) {
        return "graft-" + purpose + "-";
    }

    private static TemporaryFolder removedAtExit(Path path) {
        TemporaryFolder folder = new TemporaryFolder(path);
        Runtime.getRuntime().addShutdownHook(folder.atExit);
        return folder;
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Removes it; what cannot be removed yet is tried again when the process ends, and is no error. */
    @Override
    public void close() {
        if (!remove(path)) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process is ending, and the hook finds nothing left to do
        }
    }

    private static boolean remove(Path folder) {
        Removal removal = new Removal();
        try {
            Files.walkFileTree(folder, removal);
        } catch (IOException e) {
            return false;
        }
        return removal.complete;
    }

    /** Removes as much as it can, each folder behind what it holds. */
    private static final class Removal extends SimpleFileVisitor<Path> {
        private boolean complete = true;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return remove(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            complete &= failure instanceof NoSuchFileException;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            return remove(folder);
        }

        private FileVisitResult remove(Path entry) {
            try {
                Files.deleteIfExists(entry);
            } catch (IOException e) {
                complete = false;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
