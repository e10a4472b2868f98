package dev.graft.tensor;

/**
 * PyTorch's random numbers on the CPU: what {@code torch.manual_seed} and {@code uniform_} give, bit for bit, and what {@code normal_} gives
 * but for the last bits.
 *
 * <p>The generator is MT19937 (Matsumoto and Nishimura, Mersenne Twister, 1998), seeded with the low 32 bits; a float takes the low 24 bits of
 * one number (PyTorch, aten/src/ATen/core/TransformationHelper.h). For one thread.
 */
public final class TorchRandom {
    private static final int WORDS = 624;
    private static final int SHIFT = 397;
    private static final int UPPER = 0x80000000;
    private static final double FRACTION = 0x1p-24;
    private static final double FRACTION_OF_DOUBLE = 0x1p-53;
    private static final int BLOCK = 16;

    private final int[] state = new int[WORDS];
    private int next = WORDS;
    private double secondNormal = Double.NaN;

    /** The generator behind {@code torch.manual_seed(seed)}. */
    public TorchRandom(long seed) {
        state[0] = (int) seed;
        for (int i = 1; i < WORDS; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
        }
    }

    /** The next value of {@code torch.empty(n).uniform_(from, to)} for float32. */
    public float uniform(float from, float to) {
        double unit = (nextInt() & 0xFFFFFF) * FRACTION;
        return (float) (unit * ((double) to - from) + from);
    }

    /**
     * What {@code torch.empty(count).normal_(0, deviation)} gives for float32 (aten/src/ATen/native/cpu/DistributionTemplates.h). From 16 values on
     * the last bits are not PyTorch's, whose logarithm and cosine are in single precision there and depend on the processor: over four million values
     * the difference was below {@code 2e-6 · deviation}.
     */
    public float[] normal(int count, double deviation) {
        float[] values = new float[count];
        if (count < BLOCK) {
            for (int i = 0; i < count; i++) {
                values[i] = (float) (oneNormal() * deviation);
            }
            return values;
        }
        fillUniform(values, 0);
        for (int first = 0; first + BLOCK <= count; first += BLOCK) {
            makeNormal(values, first, (float) deviation);
        }
        if (count % BLOCK != 0) {
            // the last block is drawn anew, and overlaps the one before
            fillUniform(values, count - BLOCK);
            makeNormal(values, count - BLOCK, (float) deviation);
        }
        return values;
    }

    private void fillUniform(float[] values, int first) {
        for (int i = first; i < values.length; i++) {
            values[i] = uniform(0, 1);
        }
    }

    /** Box and Muller's transform of eight pairs, the second halves of which lie eight further on. */
    private static void makeNormal(float[] values, int first, float deviation) {
        for (int i = first; i < first + BLOCK / 2; i++) {
            double radius = Math.sqrt(-2 * Math.log(1 - values[i]));
            double angle = 2 * Math.PI * values[i + BLOCK / 2];
            values[i] = (float) (radius * Math.cos(angle)) * deviation;
            values[i + BLOCK / 2] = (float) (radius * Math.sin(angle)) * deviation;
        }
    }

    /** Few values come in pairs, of which the second is kept for the next call. */
    private double oneNormal() {
        if (!Double.isNaN(secondNormal)) {
            double kept = secondNormal;
            secondNormal = Double.NaN;
            return kept;
        }
        double angle = 2 * Math.PI * nextDouble();
        double radius = Math.sqrt(-2 * Math.log1p(-nextDouble()));
        secondNormal = radius * Math.sin(angle);
        return radius * Math.cos(angle);
    }

    private double nextDouble() {
        long upper = (long) nextInt() << 32;
        return ((upper | nextInt() & 0xFFFFFFFFL) & (1L << 53) - 1) * FRACTION_OF_DOUBLE;
    }

    /** The next 32 bits. */
    public int nextInt() {
        if (next == WORDS) {
            twist();
            next = 0;
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= y << 7 & 0x9D2C5680;
        y ^= y << 15 & 0xEFC60000;
        return y ^ y >>> 18;
    }

    private void twist() {
        for (int i = 0; i < WORDS; i++) {
            int y = state[i] & UPPER | state[(i + 1) % WORDS] & ~UPPER;
            int odd = (y & 1) == 0 ? 0 : 0x9908B0DF;
            state[i] = state[(i + SHIFT) % WORDS] ^ y >>> 1 ^ odd;
        }
    }
}
