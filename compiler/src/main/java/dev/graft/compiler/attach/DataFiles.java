package dev.graft.compiler.attach;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import dev.graft.io.OutputTransaction;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a base's data files to an output that refers to them unchanged: as copies where those are asked for, else as hard links, which cost
 * nothing. Where none can be made, on another file system or on one that has none, they are copied, and whoever wanted them shared is told.
 */
final class DataFiles {
    /** Makes {@code link} another name of {@code file}. */
    interface Links {
        void make(Path link, Path file) throws IOException;
    }

    private final Optional<Links> links;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> shared = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** Data files that are shared by these links, or copied where there are none. */
    DataFiles(Optional<Links> links) {
        this.links = links;
    }

    /**
     * Stages each data file that the output's folder does not hold yet.
     *
     * @throws GraftException {@code IO_FAILED} where a file cannot be brought, or copies would not fit on the disk
     */
    static DataFiles stage(ModelIndex base, Path output, OutputTransaction transaction, boolean copy) {
        Map<String, Path> sources = new LinkedHashMap<>();
        base.dataFiles().forEach((name, source) -> {
            if (!isSame(destination(output, name), source)) {
                sources.put(name, source);
            }
        });
        if (copy) {
            transaction.requireSpace(sources.values().stream()
                    .mapToLong(source -> FileBytes.of(source).size())
                    .sum());
        }
        DataFiles data = new DataFiles(copy ? Optional.empty() : Optional.of(Files::createLink));
        sources.forEach((name, source) -> data.bring(source, name, destination(output, name), transaction));
        return data;
    }

    private static Path destination(Path output, String name) {
        return output.toAbsolutePath().resolveSibling(name).normalize();
    }

    private void bring(Path source, String name, Path destination, OutputTransaction transaction) {
        files.add(destination);
        if (bring(source, transaction.stage(destination), name)) {
            shared.add(destination);
        }
    }

    /** Those that were staged. */
    List<Path> files() {
        return files;
    }

    /** Those of them that are links to the base's. */
    List<Path> shared() {
        return shared;
    }

    /** Which of them had to be copied, and why. */
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

    /** Puts the file's bytes under the target; whether as a link. */
    boolean bring(Path source, Path target, String name) {
        try {
            Path real = source.toRealPath();
            Optional<String> obstacle = links.flatMap(maker -> obstacle(maker, target, real));
            boolean linked = links.isPresent() && obstacle.isEmpty();
            if (!linked) {
                Files.copy(real, target);
            }
            obstacle.ifPresent(why -> warnings.add(name + " was copied, not shared with the base: no link can be made"
                    + " there (" + why + "); an output on the base's file system shares it"));
            return linked;
        } catch (IOException e) {
            throw failed(source, e);
        }
    }

    /** Makes a link, or says what is in the way. */
    private static Optional<String> obstacle(Links links, Path target, Path source) {
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
                "cannot bring the data file to the output: " + IoReason.of(cause),
                Location.ofFile(source),
                "Check the free space, or write the output into the base's own folder.",
                cause);
    }
}
