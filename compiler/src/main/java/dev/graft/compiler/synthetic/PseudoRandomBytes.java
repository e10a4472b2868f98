package dev.graft.compiler.synthetic;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Numbers between -scale and scale that follow from a seed and their place: the same on every machine, in no memory.
 *
 * <p>Each is the SplitMix64 mix of its place (Steele et al. 2014), so a window is generated without what stands before it.
 *
 * @param dtype the floating-point type that they are rounded to
 * @param count how many
 * @param seed what tells one tensor from another
 * @param scale the largest magnitude
 */
record PseudoRandomBytes(DType dtype, long count, long seed, double scale) implements ByteSource {
    @Override
    public long size() {
        return dtype.byteSize(count);
    }

    /** The window must start and end at whole elements. */
    @Override
    public void read(long position, ByteBuffer target) {
        Objects.checkFromIndexSize(position, target.remaining(), size());
        int width = dtype.bits() / 8;
        ByteOrder order = target.order();
        target.order(ByteOrder.LITTLE_ENDIAN);
        double[] one = new double[1];
        for (long i = position / width; target.hasRemaining(); i++) {
            double value = (mix(seed * 0x9E3779B97F4A7C15L + i) >> 40) * 0x1p-23 * scale;
            if (dtype == DType.FLOAT32) {
                target.putFloat((float) value);
            } else {
                one[0] = value;
                FloatFormat.encode(dtype, one, 0, 1, target);
            }
        }
        target.order(order);
    }

    private static long mix(long place) {
        long z = place * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
