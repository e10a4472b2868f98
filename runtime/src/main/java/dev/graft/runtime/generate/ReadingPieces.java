package dev.graft.runtime.generate;

/**
 * How many tokens of a text are read in one run.
 *
 * @param oneByOne whether the model takes one token at a time
 * @param whole whether a text's first run must have all of it, because what reads behind a cache was traced with one token
 * @param rowBytes the bytes of one token's logits, where a run gives those of all its tokens
 */
record ReadingPieces(boolean oneByOne, boolean whole, long rowBytes) {
    /** Tokens of a long prompt that are read at once: more make a run's memory grow and none of it faster. */
    private static final int MOST = 512;

    /** Logits of a prompt's other tokens are not worth more memory than this. */
    private static final long MOST_LOGITS = 1L << 24;

    static ReadingPieces of(DecoderInputs inputs, LogitsOutput logits) {
        return new ReadingPieces(!inputs.takesSeveral(), inputs.hasCacheFlag(), logits.rowBytes());
    }

    /** How many tokens the next run of one text has, of those that are left. */
    int next(int left) {
        if (oneByOne) {
            return 1;
        }
        boolean fewLogits = rowBytes * left <= MOST_LOGITS;
        if (whole) {
            return fewLogits ? left : left - 1;
        }
        return left <= MOST && fewLogits ? left : Math.min(MOST, left - 1);
    }

    /** How many texts of a length are read in one run, at least one. */
    int texts(int length) {
        long byLogits = MOST_LOGITS / Math.max(1, rowBytes * length);
        return (int) Math.max(1, Math.min(MOST / length, byLogits));
    }
}
