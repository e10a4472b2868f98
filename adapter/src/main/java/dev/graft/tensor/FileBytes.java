package dev.graft.tensor;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.error.MissingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A region of a file; the file is opened for each read, so nothing stays open and nothing needs closing.
 *
 * @param file the file
 * @param offset the first byte
 * @param size the number of bytes
 */
public record FileBytes(Path file, long offset, long size) implements ByteSource {
    /** The whole of a file as it is now. */
    public static FileBytes of(Path file) {
        try {
            return new FileBytes(file, 0, Files.size(file));
        } catch (NoSuchFileException e) {
            throw MissingFile.at(file, e);
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }

    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            readFully(channel, file, offset + position, target);
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }

    /** Fills the buffer from an open channel, or fails saying that the file has become shorter. */
    public static void readFully(FileChannel channel, Path file, long position, ByteBuffer target) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new GraftException(
                        ErrorCode.IO_FAILED,
                        "the file ended at byte " + at + ", expected " + target.remaining() + " more",
                        Location.ofOffset(file, at),
                        "The file was changed while it was read: run the command again.");
            }
            at += count;
        }
    }

    @Override
    public ByteSource slice(long from, long count) {
        Objects.checkFromIndexSize(from, count, size);
        return new FileBytes(file, offset + from, count);
    }
}
