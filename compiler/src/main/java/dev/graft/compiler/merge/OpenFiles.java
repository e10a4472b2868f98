package dev.graft.compiler.merge;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.error.MissingFile;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.FloatFormat;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Files that are read at many places, each opened once, for reading only. Safe for several threads. */
final class OpenFiles implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 16;

    private final Map<Path, FileChannel> channels = new ConcurrentHashMap<>();

    /** Fills the buffer with the bytes of a file from {@code position} on. */
    public void read(Path file, long position, ByteBuffer target) {
        try {
            FileBytes.readFully(channel(file), file, position, target);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Decodes elements of a floating-point tensor, as {@link Tensor#readDoubles} does, without opening its file again. */
    public void readDoubles(Tensor tensor, long first, double[] target, int offset, int count) {
        if (!(tensor.bytes() instanceof FileBytes region)) {
            tensor.readDoubles(first, target, offset, count);
            return;
        }
        int width = tensor.dtype().bits() / 8;
        ByteBuffer window =
                ByteBuffer.allocate(Math.min(count * width, WINDOW_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int now = Math.min(count - done, WINDOW_BYTES / width);
            window.clear().limit(now * width);
            read(region.file(), region.offset() + (first + done) * width, window);
            FloatFormat.decode(tensor.dtype(), window.flip(), target, offset + done, now);
            done += now;
        }
    }

    /** The channel of a file, open for reading; it is closed with the others. */
    public FileChannel channel(Path file) {
        try {
            return channels.computeIfAbsent(file, OpenFiles::open);
        } catch (UncheckedIOException e) {
            throw unreadable(file, Objects.requireNonNull(e.getCause()));
        }
    }

    private static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Map.Entry<Path, FileChannel> entry : channels.entrySet()) {
            try {
                entry.getValue().close();
            } catch (IOException e) {
                throw unreadable(entry.getKey(), e);
            }
        }
    }

    static GraftException ended(Path file, long position) {
        return new GraftException(
                ErrorCode.IO_FAILED,
                "the file ended at byte " + position,
                Location.ofOffset(file, position),
                "The file was changed while it was read: run the command again.");
    }

    private static GraftException unreadable(Path file, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return MissingFile.at(file, cause);
        }
        return FileFault.unreadable(file, cause);
    }
}
