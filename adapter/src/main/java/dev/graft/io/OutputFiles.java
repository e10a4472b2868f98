package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The single steps of a transaction on files, with errors that say which one failed. */
final class OutputFiles {
    // a folder cannot be opened there, and NTFS journals renames by itself
    private static final boolean FOLDERS_CAN_BE_SYNCED =
            !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private OutputFiles() {}

    static void createFolders(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw failed("create the folder", folder, e);
        }
    }

    static void fsync(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw failed("write to disk", file, e);
        }
    }

    static void fsyncFolder(Path folder) {
        if (!FOLDERS_CAN_BE_SYNCED) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw failed("write to disk", folder, e);
        }
    }

    static void move(Path from, Path to) {
        try {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw failed("move " + from.getFileName() + " to", to, e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("remove", file, e);
        }
    }

    /** The entries of a folder; it holds no folders of ours, and others are not followed. */
    static List<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            throw failed("list", folder, e);
        }
    }

    static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** The place under the name that no link changes; its folder exists. */
    static Path realPlace(Path place) {
        Path folder = Objects.requireNonNull(place.getParent());
        try {
            return folder.toRealPath().resolve(Objects.requireNonNull(place.getFileName()));
        } catch (IOException e) {
            throw failed("find", folder, e);
        }
    }

    /** Whether both exist and are one file, by whatever name or hard link. */
    static boolean isSameFile(Path one, Path other) {
        try {
            return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException e) {
            throw failed("compare with " + other, one, e);
        }
    }

    static GraftException failed(String action, Path file, IOException cause) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "cannot " + action + " " + file + ": " + IoReason.of(cause),
                Location.ofFile(file),
                "Check free space and permissions of the folder.",
                cause);
    }
}
