package dev.graft.compiler.merge;

import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Reads a run of weights, and rounds their new values once into the same place; one per worker.
 *
 * <p>Where the exact change is zero the stored bytes stay, also for -0.0, which adding 0.0 would turn into 0.0.
 */
final class Rounder {

    private final DType dtype;
    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final IntBuffer ints;
    private final float[] narrow;
    private final int[] before;
    private final int[] after;
    private final double[] again;
    private int first;
    private long changed;
    private long lost;

    /** Works on little-endian elements of {@code bytes}, at most {@code longest} in a run. */
    Rounder(DType dtype, ByteBuffer bytes, int longest) {
        this.dtype = dtype;
        this.bytes = bytes;
        this.floats = bytes.asFloatBuffer();
        this.ints = bytes.asIntBuffer();
        this.before = new int[dtype == DType.FLOAT32 ? longest : 0];
        this.after = new int[before.length];
        this.narrow = new float[dtype == DType.FLOAT32 ? longest : 0];
        this.again = new double[dtype == DType.FLOAT32 ? 0 : longest];
    }

    long changed() {
        return changed;
    }

    long lost() {
        return lost;
    }

    void resetCounts() {
        changed = 0;
        lost = 0;
    }

    /** Decodes {@code count} elements from element {@code index} of the buffer on. */
    void load(int index, double[] weights, int count) {
        first = index;
        if (dtype == DType.FLOAT32) {
            floats.get(index, narrow, 0, count);
            ints.get(index, before, 0, count);
            widen(narrow, weights, count);
        } else {
            FloatFormat.decode(dtype, at(index), weights, 0, count);
        }
    }

    /** Rounds the values for the elements that were loaded last. */
    void store(double[] weights, double[] delta, double[] total, int count) {
        if (dtype == DType.FLOAT32) {
            storeFloats(delta, total, count);
        } else {
            storeOthers(weights, delta, total, count);
        }
    }

    /** The first element from {@code index} on, counted in the run, that is not finite now; -1 where all are. */
    int firstNotFinite(int index, int count) {
        double[] values = new double[count];
        load(index, values, count);
        for (int j = 0; j < count; j++) {
            if (!Double.isFinite(values[j])) {
                return j;
            }
        }
        return -1;
    }

    private void storeFloats(double[] delta, double[] total, int count) {
        narrow(total, narrow, count);
        floats.put(first, narrow, 0, count);
        ints.get(first, after, 0, count);
        if (countClearlyChanged(before, after, count) == count) {
            changed += count;
        } else {
            keepUnchanged(delta, count);
        }
    }

    /** The slow way, for runs where a weight may have to stay as it is. */
    private void keepUnchanged(double[] delta, int count) {
        for (int j = 0; j < count; j++) {
            if (delta[j] == 0) {
                after[j] = before[j];
            }
            changed += after[j] == before[j] ? 0 : 1;
            lost += after[j] == before[j] && delta[j] != 0 ? 1 : 0;
        }
        ints.put(first, after, 0, count);
    }

    // How many bits differ where the new value is not a zero (a zero may be a -0.0 to which 0.0 was added). On bits and
    // without a branch, because that is what JDK 17 vectorises: (t | -t) is negative unless t is 0.
    private static int countClearlyChanged(int[] before, int[] after, int count) {
        int changed = 0;
        for (int j = 0; j < count; j++) {
            int t = before[j] ^ after[j];
            int z = after[j] << 1;
            changed += ((t | 0 - t) & (z | 0 - z)) >>> 31;
        }
        return changed;
    }

    private static void narrow(double[] from, float[] to, int count) {
        for (int j = 0; j < count; j++) {
            to[j] = (float) from[j];
        }
    }

    private void storeOthers(double[] weights, double[] delta, double[] total, int count) {
        for (int j = 0; j < count; j++) {
            total[j] = delta[j] == 0 ? weights[j] : total[j];
        }
        FloatFormat.encode(dtype, total, 0, count, at(first));
        FloatFormat.decode(dtype, at(first), again, 0, count);
        for (int j = 0; j < count; j++) {
            boolean kept = Double.doubleToRawLongBits(again[j]) == Double.doubleToRawLongBits(weights[j]);
            changed += kept ? 0 : 1;
            lost += kept && delta[j] != 0 ? 1 : 0;
        }
    }

    private ByteBuffer at(int index) {
        return bytes.position(index * (dtype.bits() / 8));
    }

    private static void widen(float[] from, double[] to, int count) {
        for (int j = 0; j < count; j++) {
            to[j] = from[j];
        }
    }
}
