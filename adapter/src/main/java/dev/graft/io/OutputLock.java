package dev.graft.io;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** The working folder of a transaction, owned by one process at a time; removed when closed. */
final class OutputLock implements AutoCloseable {
    private static final int ATTEMPTS = 20;

    private final Path folder;
    private final FileChannel channel;

    private OutputLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
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
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            OutputFiles.createFolders(folder);
            FileChannel channel = tryAcquire(folder, output);
            if (channel != null) {
                return new OutputLock(folder, channel);
            }
        }
        throw busy(output);
    }

    Path folder() {
        return folder;
    }

    /** Removes the folder and unlocks; what a journal still needs is kept for the next transaction. */
    @Override
    public void close() {
        try (channel) {
            if (!CommitJournal.exists(folder)) {
                removeFolder();
            }
        } catch (IOException e) {
            throw OutputFiles.failed("unlock", folder, e);
        }
    }

    private void removeFolder() throws IOException {
        Path lock = folder.resolve("lock");
        for (Path entry : OutputFiles.list(folder)) {
            if (!entry.equals(lock)) {
                OutputFiles.delete(entry);
            }
        }
        // while still locked: whoever opened this file before finds another token, or none, behind the name
        OutputFiles.delete(lock);
        try {
            Files.deleteIfExists(folder);
        } catch (java.nio.file.DirectoryNotEmptyException e) {
            // the next process has already taken the folder over
            return;
        }
    }

    /** The locked channel, or null where the folder vanished meanwhile because its owner was just finishing. */
    private static @org.jspecify.annotations.Nullable FileChannel tryAcquire(Path folder, Path output) {
        Path file = folder.resolve("lock");
        FileChannel channel = null;
        boolean mine = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw busy(output);
            }
            String token = UUID.randomUUID().toString();
            channel.truncate(0).write(ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII)), 0);
            mine = Files.readString(file, StandardCharsets.US_ASCII).equals(token);
            return mine ? channel : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (OverlappingFileLockException e) {
            throw busy(output);
        } catch (IOException e) {
            throw OutputFiles.failed("lock", file, e);
        } finally {
            if (channel != null && !mine) {
                closeQuietly(channel, file);
            }
        }
    }

    private static void closeQuietly(FileChannel channel, Path file) {
        try {
            channel.close();
        } catch (IOException e) {
            throw OutputFiles.failed("close", file, e);
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
