package dev.graft.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * A file that is locked against other processes, and that still stood under its name when the lock was had: its owner may have removed it
 * between the opening and the locking.
 *
 * <p>Whether it does is found out with a token that is written through one descriptor and read through another. Both stay open, because
 * closing either would take the lock away.
 */
final class LockedFile implements AutoCloseable {
    private final FileChannel locked;
    private final FileChannel behindTheName;

    private LockedFile(FileChannel locked, FileChannel behindTheName) {
        this.locked = locked;
        this.behindTheName = behindTheName;
    }

    /**
     * Creates and locks the file; nothing where another process has it.
     *
     * @throws java.nio.file.NoSuchFileException if its folder is gone, or the file just went
     */
    static Optional<LockedFile> open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean mine = false;
        try {
            if (channel.tryLock() == null) {
                return Optional.empty();
            }
            Optional<LockedFile> locked = withToken(file, channel);
            mine = locked.isPresent();
            return locked;
        } finally {
            if (!mine) {
                channel.close();
            }
        }
    }

    private static Optional<LockedFile> withToken(Path file, FileChannel channel) throws IOException {
        byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        try {
            channel.truncate(0).write(ByteBuffer.wrap(token), 0);
        } catch (IOException e) {
            // the disk is full; an empty file would stay
            Files.deleteIfExists(file);
            throw e;
        }
        FileChannel reader = FileChannel.open(file, StandardOpenOption.READ);
        if (holds(reader, token)) {
            return Optional.of(new LockedFile(channel, reader));
        }
        reader.close();
        return Optional.empty();
    }

    private static boolean holds(FileChannel reader, byte[] token) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(token.length);
        int read = 0;
        while (found.hasRemaining() && read >= 0) {
            read = reader.read(found);
        }
        return ByteBuffer.wrap(token).equals(found.flip());
    }

    @Override
    public void close() throws IOException {
        try (behindTheName) {
            locked.close();
        }
    }
}
