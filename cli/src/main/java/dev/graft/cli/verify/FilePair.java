package dev.graft.cli.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Two files of the same size, read side by side in windows.
 *
 * @param expected the one
 * @param actual the other
 */
record FilePair(Path expected, Path actual, FileChannel expectedBytes, FileChannel actualBytes)
        implements AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 20;

    /**
     * Bytes that differ in a range.
     *
     * @param count how many
     * @param first where the first one is, or -1
     */
    record Difference(long count, long first) {}

    static FilePair open(Path expected, Path actual) {
        try {
            return new FilePair(
                    expected,
                    actual,
                    FileChannel.open(expected, StandardOpenOption.READ),
                    FileChannel.open(actual, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes that differ from {@code from} up to {@code to}. */
    Difference difference(long from, long to) {
        long count = 0;
        long first = -1;
        for (long at = from; at < to; at += WINDOW_BYTES) {
            int length = (int) Math.min(WINDOW_BYTES, to - at);
            ByteBuffer left = read(expectedBytes, expected, at, length);
            ByteBuffer right = read(actualBytes, actual, at, length);
            int mismatch = left.mismatch(right);
            if (mismatch >= 0) {
                first = first < 0 ? at + mismatch : first;
                count += count(left, right);
            }
        }
        return new Difference(count, first);
    }

    String sha256OfExpected(long from, long to) {
        return sha256(expectedBytes, expected, from, to);
    }

    String sha256OfActual(long from, long to) {
        return sha256(actualBytes, actual, from, to);
    }

    private static int count(ByteBuffer left, ByteBuffer right) {
        int count = 0;
        for (int i = 0; i < left.limit(); i++) {
            count += left.get(i) == right.get(i) ? 0 : 1;
        }
        return count;
    }

    private static String sha256(FileChannel channel, Path file, long from, long to) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (long at = from; at < to; at += WINDOW_BYTES) {
                digest.update(read(channel, file, at, (int) Math.min(WINDOW_BYTES, to - at)));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static ByteBuffer read(FileChannel channel, Path file, long at, int length) {
        ByteBuffer window = ByteBuffer.allocate(length);
        try {
            dev.graft.tensor.FileBytes.readFully(channel, file, at, window);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return window.flip();
    }

    @Override
    public void close() {
        try {
            expectedBytes.close();
            actualBytes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
