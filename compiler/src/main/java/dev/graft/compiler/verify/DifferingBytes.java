package dev.graft.compiler.verify;

import dev.graft.compiler.scan.ByteRegion;
import java.nio.ByteBuffer;
import java.util.List;

/** Walks over two runs of bytes at once and finds where they differ. */
final class DifferingBytes {
    private static final int WINDOW = 1 << 20;

    private DifferingBytes() {}

    /** Is told of differing bytes {@code from} to {@code to}, counted in the files. */
    interface Range {
        void differs(long from, long to);
    }

    /** Is told of differing bytes that begin at a place of the second run, and how many of a window differ. */
    interface Count {
        void differs(ByteRegion first, long bytes);
    }

    /** Compares regions of equal length; every maximal differing range within a window is reported. */
    static void scan(ByteRegion one, ByteRegion other, Range range) {
        ByteBuffer left = ByteBuffer.allocate(WINDOW);
        ByteBuffer right = ByteBuffer.allocate(WINDOW);
        for (long done = 0; done < one.length(); done += WINDOW) {
            int now = (int) Math.min(WINDOW, one.length() - done);
            read(one, done, left, now);
            read(other, done, right, now);
            reportRanges(left, right, other.offset() + done, range);
        }
    }

    private static void reportRanges(ByteBuffer left, ByteBuffer right, long offset, Range range) {
        int at = left.mismatch(right);
        while (at >= 0) {
            int end = at;
            while (end < left.limit() && left.get(end) != right.get(end)) {
                end++;
            }
            range.differs(offset + at, offset + end);
            int rest = left.slice(end, left.limit() - end).mismatch(right.slice(end, right.limit() - end));
            at = rest < 0 ? -1 : end + rest;
        }
    }

    /** Compares two sequences of regions of the same total length. */
    static void scan(List<ByteRegion> ones, List<ByteRegion> others, Count count) {
        ByteBuffer left = ByteBuffer.allocate(WINDOW);
        ByteBuffer right = ByteBuffer.allocate(WINDOW);
        int i = 0;
        int j = 0;
        long leftDone = 0;
        long rightDone = 0;
        while (i < ones.size() && j < others.size()) {
            ByteRegion one = ones.get(i);
            ByteRegion other = others.get(j);
            int now = (int) Math.min(WINDOW, Math.min(one.length() - leftDone, other.length() - rightDone));
            read(one, leftDone, left, now);
            read(other, rightDone, right, now);
            report(left, right, other, rightDone, count);
            leftDone += now;
            rightDone += now;
            if (leftDone == one.length()) {
                i++;
                leftDone = 0;
            }
            if (rightDone == other.length()) {
                j++;
                rightDone = 0;
            }
        }
    }

    private static void report(ByteBuffer left, ByteBuffer right, ByteRegion other, long done, Count count) {
        int first = left.mismatch(right);
        if (first < 0) {
            return;
        }
        long bytes = 0;
        for (int at = first; at < left.limit(); at++) {
            bytes += left.get(at) == right.get(at) ? 0 : 1;
        }
        count.differs(new ByteRegion(other.file(), other.offset() + done + first, 1), bytes);
    }

    private static void read(ByteRegion region, long position, ByteBuffer buffer, int length) {
        buffer.clear().limit(length);
        region.bytes().read(position, buffer);
        buffer.flip();
    }
}
