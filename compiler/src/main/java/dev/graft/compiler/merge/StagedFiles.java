package dev.graft.compiler.merge;

import dev.graft.error.FileFault;
import dev.graft.io.OutputTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The output's files while they are written, at many places by several threads. */
final class StagedFiles implements AutoCloseable {
    private final Map<Path, Path> staged = new LinkedHashMap<>();
    private final Map<Path, FileChannel> channels = new LinkedHashMap<>();
    private final AtomicLong unflushed = new AtomicLong();

    /** Creates the files in the transaction. */
    StagedFiles(OutputTransaction transaction, Iterable<Path> destinations) {
        for (Path destination : destinations) {
            Path file = transaction.stage(destination);
            staged.put(destination, file);
            try {
                channels.put(destination, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            } catch (IOException e) {
                close();
                throw FileFault.unwritable(destination, e);
            }
        }
    }

    /** Writes all that remains in the buffer. */
    void write(Path destination, long position, ByteBuffer bytes) {
        FileChannel channel = java.util.Objects.requireNonNull(channels.get(destination));
        long at = position;
        unflushed.addAndGet(bytes.remaining());
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw FileFault.unwritable(destination, e);
        }
    }

    /** A channel of its own, for writing {@code length} bytes from a position on. */
    FileChannel openAt(Path destination, long position, long length) throws IOException {
        unflushed.addAndGet(length);
        return FileChannel.open(java.util.Objects.requireNonNull(staged.get(destination)), StandardOpenOption.WRITE)
                .position(position);
    }

    /** The bytes written since the last flush, about. */
    long unflushed() {
        return unflushed.get();
    }

    /** Hands what was written so far to the disk. */
    void flush() {
        unflushed.set(0);
        for (Map.Entry<Path, FileChannel> entry : channels.entrySet()) {
            try {
                entry.getValue().force(false);
            } catch (IOException e) {
                throw FileFault.unwritable(entry.getKey(), e);
            }
        }
    }

    @Override
    public void close() {
        for (Map.Entry<Path, FileChannel> entry : channels.entrySet()) {
            try {
                entry.getValue().close();
            } catch (IOException e) {
                throw FileFault.unwritable(entry.getKey(), e);
            }
        }
    }
}
