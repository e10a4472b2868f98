package dev.graft.testkit.difference;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder that is gone, with all in it, when it is closed. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /**
     * Makes one.
     *
     * @throws GraftException {@code IO_FAILED}
     */
    public static TemporaryFolder create() {
        try {
            return new TemporaryFolder(Files.createTempDirectory("graft-testkit"));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The error of a temporary folder that cannot be used. */
    public static GraftException failed(IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot use a temporary folder: " + cause.getMessage(),
                Location.NONE,
                "Check that java.io.tmpdir is writable and has space for a copy of the model.",
                cause);
    }
}
