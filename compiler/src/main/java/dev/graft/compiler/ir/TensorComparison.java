package dev.graft.compiler.ir;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Objects;
import java.util.Optional;

/** Compares the elements of two tensors of one type and shape, byte by byte and wherever they are stored. */
final class TensorComparison {
    private static final int WINDOW = 1 << 20;

    private TensorComparison() {}

    /** What is different, in a sentence about {@code name}; empty where nothing is. */
    static Optional<String> difference(String name, TensorData expected, TensorData actual) {
        if (isOther(expected) || isOther(actual)) {
            // strings, and tensors without elements, are kept with the file's other words
            return Objects.equals(expected.rest(), actual.rest())
                            || expected.shape().elements() == 0
                    ? Optional.empty()
                    : Optional.of("the stored tensor '" + name + "' differs");
        }
        ByteSource one = expected.tensor(name).bytes();
        ByteSource other = actual.tensor(name).bytes();
        long bytes = isSamePlace(one, other) ? 0 : differing(one, other);
        return bytes == 0
                ? Optional.empty()
                : Optional.of("the stored tensor '" + name + "' differs in " + bytes + " of " + one.size() + " bytes");
    }

    private static boolean isOther(TensorData data) {
        return data.storage() instanceof TensorData.Storage.Other;
    }

    /** A data file that both models refer to, or two hard links to it, need not be read. */
    private static boolean isSamePlace(ByteSource one, ByteSource other) {
        try {
            return one instanceof FileBytes first
                    && other instanceof FileBytes second
                    && first.offset() == second.offset()
                    && first.size() == second.size()
                    && Files.isSameFile(first.file(), second.file());
        } catch (IOException e) {
            return false; // reading says what is wrong
        }
    }

    private static long differing(ByteSource one, ByteSource other) {
        long size = Math.max(one.size(), other.size());
        long differing = size - Math.min(one.size(), other.size());
        ByteBuffer left = ByteBuffer.allocate((int) Math.min(WINDOW, size));
        ByteBuffer right = ByteBuffer.allocate(left.capacity());
        for (long at = 0; at < size - differing; at += WINDOW) {
            int now = (int) Math.min(WINDOW, size - differing - at);
            one.read(at, left.clear().limit(now));
            other.read(at, right.clear().limit(now));
            if (left.flip().mismatch(right.flip()) >= 0) {
                return differing + countFrom(one, other, at);
            }
        }
        return differing;
    }

    private static long countFrom(ByteSource one, ByteSource other, long from) {
        long count = 0;
        long end = Math.min(one.size(), other.size());
        byte[] left = new byte[WINDOW];
        byte[] right = new byte[WINDOW];
        for (long at = from; at < end; at += WINDOW) {
            int now = (int) Math.min(WINDOW, end - at);
            one.read(at, ByteBuffer.wrap(left, 0, now));
            other.read(at, ByteBuffer.wrap(right, 0, now));
            for (int i = 0; i < now; i++) {
                count += left[i] == right[i] ? 0 : 1;
            }
        }
        return count;
    }
}
