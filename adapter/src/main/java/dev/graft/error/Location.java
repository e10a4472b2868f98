package dev.graft.error;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where something is wrong: any of file, byte offset, line, tensor and node that are known.
 *
 * @param file the file, or null
 * @param offset the byte offset in it, or -1
 * @param line the line in it, from 1 on, or -1
 * @param tensor the tensor's name, or null
 * @param node the node's name (or its operator and outputs where it has none), or null
 */
public record Location(
        @Nullable Path file,
        long offset,
        long line,
        @Nullable String tensor,
        @Nullable String node) {
    /** Nowhere in particular. */
    public static final Location NONE = new Location(null, -1, null, null);

    /** A place that is no line of a text. */
    public Location(@Nullable Path file, long offset, @Nullable String tensor, @Nullable String node) {
        this(file, offset, -1, tensor, node);
    }

    /** A file as a whole. */
    public static Location ofFile(Path file) {
        return new Location(file, -1, null, null);
    }

    /** A byte of a file. */
    public static Location ofOffset(Path file, long offset) {
        return new Location(file, offset, null, null);
    }

    /** A line of a text file, from 1 on. */
    public static Location ofLine(@Nullable Path file, long line) {
        return new Location(file, -1, line, null, null);
    }

    /** A tensor of a file. */
    public static Location ofTensor(@Nullable Path file, String tensor) {
        return new Location(file, -1, tensor, null);
    }

    /** A node of a file. */
    public static Location ofNode(@Nullable Path file, String node) {
        return new Location(file, -1, null, node);
    }

    /** Whether nothing is known. */
    public boolean isNone() {
        return file == null && offset < 0 && line < 0 && tensor == null && node == null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, file == null ? null : file.toString());
        append(text, offset < 0 ? null : "byte " + offset);
        append(text, line < 0 ? null : "line " + line);
        append(text, tensor == null ? null : "tensor '" + tensor + "'");
        append(text, node == null ? null : "node '" + node + "'");
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable String part) {
        if (part != null) {
            text.append(text.isEmpty() ? "" : ", ").append(part);
        }
    }
}
