package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The working folder of a transaction, owned by one process at a time; removed when closed.
 *
 * <p>POSIX takes a process's lock away as soon as the process closes any descriptor of the locked file. Whatever opens the file here
 * therefore stays open until the lock is given up, and a second transaction of this process never opens it.
 */
final class OutputLock implements AutoCloseable {
    private static final int ATTEMPTS = 20;
    private static final String NAME = "lock";
    private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path owned;
    private final LockedFile file;

    private OutputLock(Path folder, Path owned, LockedFile file) {
        this.folder = folder;
        this.owned = owned;
        this.file = file;
    }

    /** Creates the folder, or takes over one that a dead process has left. */
    static OutputLock acquire(Path folder, Path output) {
        if (OutputFiles.exists(folder) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "not a folder",
                    Location.ofFile(folder),
                    "Remove it: Graft works in a folder there.");
        }
        Path owned = OutputFiles.realPlace(folder);
        if (!OWNED_HERE.add(owned)) {
            throw busy(output);
        }
        boolean locked = false;
        try {
            LockedFile file = lock(folder, output);
            locked = true;
            return new OutputLock(folder, owned, file);
        } finally {
            if (!locked) {
                OWNED_HERE.remove(owned);
            }
        }
    }

    private static LockedFile lock(Path folder, Path output) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<LockedFile> file = tryLock(folder);
            if (file.isPresent()) {
                return file.get();
            }
        }
        throw busy(output);
    }

    private static Optional<LockedFile> tryLock(Path folder) {
        OutputFiles.createFolders(folder);
        try {
            return LockedFile.open(folder.resolve(NAME));
        } catch (NoSuchFileException e) {
            // its owner was just finishing, and the folder is gone
            return Optional.empty();
        } catch (IOException e) {
            removeIfUnused(folder);
            throw OutputFiles.failed("lock", folder.resolve(NAME), e);
        }
    }

    /** What is left where the disk is too full for a token. */
    private static void removeIfUnused(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // not empty: another process's, or a journal's
            return;
        }
    }

    Path folder() {
        return folder;
    }

    /** Removes the folder and unlocks; what a journal still needs is kept for the next transaction. */
    @Override
    public void close() {
        try (file) {
            if (!CommitJournal.exists(folder)) {
                removeFolder();
            }
        } catch (IOException e) {
            throw OutputFiles.failed("unlock", folder, e);
        } finally {
            OWNED_HERE.remove(owned);
        }
    }

    private void removeFolder() throws IOException {
        Path lock = folder.resolve(NAME);
        for (Path entry : OutputFiles.list(folder)) {
            if (!entry.equals(lock)) {
                OutputFiles.delete(entry);
            }
        }
        // while still locked: whoever opened this file before finds another token, or none, behind the name
        OutputFiles.delete(lock);
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // the next process has already taken the folder over
            return;
        }
    }

    private static GraftException busy(Path output) {
        return new GraftException(
                ErrorCode.OUTPUT_BUSY,
                "another process is writing this output",
                Location.ofFile(output),
                "Wait until it has finished, or choose another output.");
    }
}
