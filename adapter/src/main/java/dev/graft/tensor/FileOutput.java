package dev.graft.tensor;

import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is written from its beginning to its end; tensors pass through a window, whatever their size. */
public final class FileOutput {
    private static final int WINDOW_BYTES = 1 << 20;

    private final FileChannel channel;

    private FileOutput(FileChannel channel) {
        this.channel = channel;
    }

    /** What is written. */
    @FunctionalInterface
    public interface Content {
        /** Writes it. */
        void writeTo(FileOutput output) throws IOException;
    }

    /**
     * Writes a file, in place of one that may be there.
     *
     * @throws GraftException {@code IO_FAILED}
     */
    public static void write(Path file, Content content) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            content.writeTo(new FileOutput(channel));
        } catch (IOException e) {
            throw FileFault.unwritable(file, e);
        }
    }

    /** How many bytes were written. */
    public long position() throws IOException {
        return channel.position();
    }

    /** Writes all that remains in the buffer. */
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Writes all bytes of the source. */
    public void write(ByteSource bytes) throws IOException {
        ByteBuffer window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, bytes.size()));
        for (long done = 0; done < bytes.size(); done += window.limit()) {
            window.clear().limit((int) Math.min(window.capacity(), bytes.size() - done));
            bytes.read(done, window);
            write(window.flip());
        }
    }
}
