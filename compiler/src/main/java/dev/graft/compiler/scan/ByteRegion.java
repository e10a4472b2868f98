package dev.graft.compiler.scan;

import dev.graft.tensor.FileBytes;
import java.nio.file.Path;

/**
 * A run of bytes in a file.
 *
 * @param file the file
 * @param offset the first byte
 * @param length how many
 */
public record ByteRegion(Path file, long offset, long length) {
    /** The first byte behind the region. */
    public long end() {
        return offset + length;
    }

    /** The bytes themselves. */
    public FileBytes bytes() {
        return new FileBytes(file, offset, length);
    }

    /** Whether two regions share a byte. */
    public boolean overlaps(ByteRegion other) {
        return file.equals(other.file) && offset < other.end() && other.offset < end();
    }
}
