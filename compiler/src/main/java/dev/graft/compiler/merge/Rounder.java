package dev.graft.compiler.merge;

import dev.graft.tensor.DType;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Reads a run of weights, and rounds their new values once into the same place; one per worker.
 *
 * <p>Where the exact change is zero the stored bytes stay, also for -0.0, which adding 0.0 would turn into 0.0.
 */
final class Rounder {
    private final DType dtype;
    private final ByteBuffer bytes;
    private final FloatBuffer floats;
    private final float[] narrow;
    private final double[] again;
    private int first;
    private long changed;
    private long lost;

    /** Works on little-endian elements of {@code bytes}, at most {@code longest} in a run. */
    Rounder(DType dtype, ByteBuffer bytes, int longest) {
        this.dtype = dtype;
        this.bytes = bytes;
        this.floats = bytes.asFloatBuffer();
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
            widen(narrow, weights, count);
        } else {
            FloatFormat.decode(dtype, at(index), weights, 0, count);
        }
    }

    /**
     * Rounds the values for the elements that were loaded last.
     *
     * @return the first element, counted in the run, whose rounded value is not finite, or -1
     */
    int store(double[] weights, double[] delta, double[] total, int count) {
        return dtype == DType.FLOAT32 ? storeFloats(delta, total, count) : storeOthers(weights, delta, total, count);
    }

    private int storeFloats(double[] delta, double[] total, int count) {
        int same = 0;
        int vanished = 0;
        int largest = 0;
        for (int j = 0; j < count; j++) {
            float before = narrow[j];
            float after = delta[j] == 0 ? before : (float) total[j];
            int bits = Float.floatToRawIntBits(after);
            int kept = bits == Float.floatToRawIntBits(before) ? 1 : 0;
            same += kept;
            vanished += delta[j] == 0 ? 0 : kept;
            largest = Math.max(largest, bits & 0x7fffffff);
            narrow[j] = after;
        }
        changed += count - same;
        lost += vanished;
        floats.put(first, narrow, 0, count);
        return largest < 0x7f800000 ? -1 : firstNotFinite(count);
    }

    private int firstNotFinite(int count) {
        for (int j = 0; j < count; j++) {
            if (!Float.isFinite(narrow[j])) {
                return j;
            }
        }
        return -1;
    }

    private int storeOthers(double[] weights, double[] delta, double[] total, int count) {
        for (int j = 0; j < count; j++) {
            total[j] = delta[j] == 0 ? weights[j] : total[j];
        }
        FloatFormat.encode(dtype, total, 0, count, at(first));
        FloatFormat.decode(dtype, at(first), again, 0, count);
        int bad = -1;
        for (int j = count - 1; j >= 0; j--) {
            boolean kept = Double.doubleToRawLongBits(again[j]) == Double.doubleToRawLongBits(weights[j]);
            changed += kept ? 0 : 1;
            lost += kept && delta[j] != 0 ? 1 : 0;
            bad = Double.isFinite(again[j]) ? bad : j;
        }
        return bad;
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
