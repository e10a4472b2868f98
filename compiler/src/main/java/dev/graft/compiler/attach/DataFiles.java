package dev.graft.compiler.attach;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.OutputTransaction;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a base's data files to an output that refers to them unchanged: as hard links, which cost nothing. Where none can be made, on another
 * file system or on one that has none, they are copied, and whoever wanted them shared is told.
 */
final class DataFiles {
    /** Makes {@code link} another name of {@code file}. */
    interface Links {
        void make(Path link, Path file) throws IOException;
    }

    private final Links links;
    private final List<Path> files = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    DataFiles(Links links) {
        this.links = links;
    }

    /** Stages each data file that the output's folder does not hold yet. */
    static DataFiles stage(ModelIndex base, Path output, OutputTransaction transaction) {
        DataFiles data = new DataFiles(Files::createLink);
        for (Map.Entry<String, Path> entry : base.dataFiles().entrySet()) {
            Path destination =
                    output.toAbsolutePath().resolveSibling(entry.getKey()).normalize();
            if (!isSame(destination, entry.getValue())) {
                data.bring(entry.getValue(), transaction.stage(destination), entry.getKey());
                data.files.add(destination);
            }
        }
        return data;
    }

    /** Those that were staged. */
    List<Path> files() {
        return files;
    }

    /** Which of them are copies, and why. */
    List<String> warnings() {
        return warnings;
    }

    private static boolean isSame(Path destination, Path source) {
        try {
            return Files.exists(destination) && Files.isSameFile(destination, source);
        } catch (IOException e) {
            throw failed(source, e);
        }
    }

    void bring(Path source, Path target, String name) {
        try {
            Path real = source.toRealPath();
            Optional<String> obstacle = link(target, real);
            if (obstacle.isPresent()) {
                Files.copy(real, target);
                warnings.add(name + " was copied, not shared with the base: no link can be made there ("
                        + obstacle.get() + "); an output on the base's file system shares it");
            }
        } catch (IOException e) {
            throw failed(source, e);
        }
    }

    /** Makes a link, or says what is in the way. */
    private Optional<String> link(Path target, Path source) {
        try {
            links.make(target, source);
            return Optional.empty();
        } catch (FileSystemException e) {
            return Optional.of(e.getReason() == null ? "it was refused" : e.getReason());
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of("the file system has none");
        }
    }

    private static GraftException failed(Path source, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot bring the data file to the output: " + cause.getMessage(),
                Location.ofFile(source),
                "Check the free space, or write the output into the base's own folder.",
                cause);
    }
}
