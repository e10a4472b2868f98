package dev.graft.io;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A folder that appears whole or not at all.
 *
 * <p>It is filled as {@code .graft-NAME.new} beside its destination, made durable file by file, and appears by one rename. What a
 * process leaves that dies before is removed by {@link #removeLeftovers}. Unlike an {@link OutputTransaction} it locks nothing: one
 * process at a time may write folders of one name.
 */
public final class OutputFolder implements AutoCloseable {
    private static final String PREFIX = ".graft-";
    private static final String NEW = ".new";
    private static final String OLD = ".old";

    private final Path destination;
    private final Path staging;

    private OutputFolder(Path destination, Path staging) {
        this.destination = destination;
        this.staging = staging;
    }

    /**
     * Begins an empty folder.
     *
     * @throws dev.graft.error.GraftException {@code IO_FAILED}
     */
    public static OutputFolder open(Path folder) {
        Path destination = folder.toAbsolutePath().normalize();
        Path staging = beside(destination, NEW);
        deleteTree(staging);
        OutputFiles.createFolders(staging);
        return new OutputFolder(destination, staging);
    }

    /** Where to write what the folder will hold. */
    public Path staging() {
        return staging;
    }

    /**
     * Makes everything durable and lets the folder appear, in place of one that is there.
     *
     * @throws dev.graft.error.GraftException {@code IO_FAILED}
     */
    public void commit() {
        syncTree(staging);
        Path old = beside(destination, OLD);
        deleteTree(old);
        if (OutputFiles.exists(destination)) {
            OutputFiles.move(destination, old);
        }
        OutputFiles.move(staging, destination);
        OutputFiles.fsyncFolder(parent(destination));
        deleteTree(old);
    }

    /** Removes what was not committed. */
    @Override
    public void close() {
        deleteTree(staging);
    }

    /** Removes a folder with everything in it; nobody sees half of it. Links in it are removed, not followed. */
    public static void remove(Path folder) {
        Path destination = folder.toAbsolutePath().normalize();
        if (OutputFiles.exists(destination)) {
            Path old = beside(destination, OLD);
            deleteTree(old);
            OutputFiles.move(destination, old);
            OutputFiles.fsyncFolder(parent(destination));
            deleteTree(old);
        }
    }

    /**
     * Removes what dead processes have left of folders whose names begin so. A folder that was just being removed or replaced is gone
     * then, if its successor had not yet appeared.
     */
    public static void removeLeftovers(Path parent, String nameBegin) {
        for (Path entry : OutputFiles.list(parent)) {
            String name = String.valueOf(entry.getFileName());
            if (name.startsWith(PREFIX + nameBegin) && (name.endsWith(NEW) || name.endsWith(OLD))) {
                deleteTree(entry);
            }
        }
    }

    private static Path beside(Path folder, String ending) {
        return parent(folder).resolve(PREFIX + folder.getFileName() + ending);
    }

    private static Path parent(Path folder) {
        return Objects.requireNonNull(folder.getParent(), "the root of the file system is no output");
    }

    private static void syncTree(Path root) {
        List<Path> folders = new ArrayList<>();
        walk(root, "read", (entry, isFolder) -> {
            if (isFolder) {
                folders.add(entry);
            } else {
                OutputFiles.fsync(entry);
            }
        });
        folders.forEach(OutputFiles::fsyncFolder);
    }

    private static void deleteTree(Path root) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        walk(root, "remove", (entry, isFolder) -> OutputFiles.delete(entry));
    }

    private interface Entry {
        void visit(Path entry, boolean isFolder);
    }

    /** Every file, and every folder behind what it holds; links are entries like files. */
    private static void walk(Path root, String action, Entry visitor) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    visitor.visit(file, false);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    visitor.visit(folder, true);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw OutputFiles.failed(action, root, e);
        }
    }
}
