package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/** The bytes of tensors side by side along an axis: for each index before the axis a run of the first, one of the second, and so on. */
final class JoinedBytes implements ByteSource {
    private final List<ByteSource> parts;
    private final long[] runs;
    private final long period;
    private final long size;

    /** @param outer the product of the dimensions before the axis, at least 1 */
    JoinedBytes(List<ByteSource> parts, long outer) {
        this.parts = List.copyOf(parts);
        this.runs = parts.stream().mapToLong(part -> part.size() / outer).toArray();
        long sum = 0;
        for (long run : runs) {
            sum = Math.addExact(sum, run);
        }
        this.period = sum;
        this.size = Math.multiplyExact(sum, outer);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size);
        int end = target.limit();
        long at = position;
        while (target.position() < end) {
            long outer = at / period;
            long within = at % period;
            int part = 0;
            while (within >= runs[part]) {
                within -= runs[part++];
            }
            int now = (int) Math.min(runs[part] - within, end - target.position());
            parts.get(part).read(outer * runs[part] + within, target.limit(target.position() + now));
            at += now;
            target.limit(end);
        }
    }
}
