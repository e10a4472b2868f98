package dev.graft.tensor;

/**
 * PyTorch's random numbers on the CPU: what {@code torch.manual_seed} and {@code uniform_} give, bit for bit.
 *
 * <p>The generator is MT19937 (Matsumoto and Nishimura, Mersenne Twister, 1998), seeded with the low 32 bits; a float takes the low 24 bits of
 * one number (PyTorch, aten/src/ATen/core/TransformationHelper.h). For one thread.
 */
public final class TorchRandom {
    private static final int WORDS = 624;
    private static final int SHIFT = 397;
    private static final int UPPER = 0x80000000;
    private static final double FRACTION = 0x1p-24;

    private final int[] state = new int[WORDS];
    private int next = WORDS;

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
