package dev.graft.cli.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that goes away with everything in it, also when the command is interrupted. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private final Thread atExit;

    private TemporaryFolder(Path path) {
        this.path = path;
        this.atExit = new Thread(() -> delete(path), "remove temporary files");
    }

    /** A new folder where the system keeps temporary files. */
    public static TemporaryFolder create() {
        try {
            return hooked(Files.createTempDirectory("graft-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new folder inside another one, for files as large as that one's. */
    public static TemporaryFolder createIn(Path parent) {
        try {
            return hooked(Files.createTempDirectory(Files.createDirectories(parent), "graft-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TemporaryFolder hooked(Path path) {
        TemporaryFolder folder = new TemporaryFolder(path);
        Runtime.getRuntime().addShutdownHook(folder.atExit);
        return folder;
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        delete(path);
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process is ending, and the hook has done the work
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
