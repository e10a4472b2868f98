package dev.graft.training.data;

import java.util.Arrays;

/** Puts stretches of tokens, learnt or not, one behind the other. */
final class TokenRowBuilder {
    private int[] ids = new int[64];
    private int length;
    private int[] runs = new int[4];
    /** The stretch being filled: odd ones are learnt. */
    private int run;

    void append(int[] tokens, int count, boolean learnt) {
        if (run % 2 == 1 != learnt && count > 0) {
            run++;
        }
        if (run >= runs.length) {
            runs = Arrays.copyOf(runs, runs.length * 2);
        }
        if (length + count > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(ids.length * 2, length + count));
        }
        System.arraycopy(tokens, 0, ids, length, count);
        length += count;
        runs[run] += count;
    }

    TokenRow build() {
        return new TokenRow(Arrays.copyOf(ids, length), Arrays.copyOf(runs, run + 1));
    }
}
