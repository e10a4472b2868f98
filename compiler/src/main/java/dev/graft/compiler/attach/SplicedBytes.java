package dev.graft.compiler.attach;

import dev.graft.tensor.ByteSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Byte sources one behind the other. */
final class SplicedBytes implements ByteSource {
    private final List<ByteSource> parts;
    private final long[] starts;
    private final long size;

    SplicedBytes(List<ByteSource> parts) {
        this.parts = List.copyOf(parts);
        this.starts = new long[parts.size()];
        long end = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = end;
            end = Math.addExact(end, parts.get(i).size());
        }
        this.size = end;
    }

    /** A source with the bytes from {@code position} on replaced by others. */
    static ByteSource patched(ByteSource source, long position, ByteSource patch) {
        long behind = position + patch.size();
        return new SplicedBytes(
                List.of(source.slice(0, position), patch, source.slice(behind, source.size() - behind)));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size);
        long at = position;
        for (int i = partAt(position); target.hasRemaining(); i++) {
            ByteSource part = parts.get(i);
            long offset = at - starts[i];
            int now = (int) Math.min(target.remaining(), part.size() - offset);
            int limit = target.limit();
            part.read(offset, target.limit(target.position() + now));
            target.limit(limit);
            at += now;
        }
    }

    @Override
    public ByteSource slice(long first, long count) {
        Objects.checkFromIndexSize(first, count, size);
        List<ByteSource> kept = new ArrayList<>();
        for (int i = 0; i < starts.length; i++) {
            long from = Math.max(first, starts[i]);
            long to = Math.min(first + count, starts[i] + parts.get(i).size());
            if (from < to) {
                kept.add(parts.get(i).slice(from - starts[i], to - from));
            }
        }
        return new SplicedBytes(kept);
    }

    /** The last part that starts at or before a position. */
    private int partAt(long position) {
        int low = 0;
        int high = starts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
