package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.cache.KeyValueCache;
import dev.graft.runtime.session.NativeTensor;
import dev.graft.runtime.session.StepRun;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A model that reads one text: token ids in, logits of the next token out; made by {@link TextModel#decoder}.
 *
 * <p>What it has read it keeps in the model's cache, and a text that begins alike costs only what is new. Holds session and adapters until it is closed. For one thread at
 * a time.
 */
public final class Decoder implements AutoCloseable {
    private final StepRun run;
    private final DecoderInputs inputs;
    private final LogitsOutput logits;
    private final KeyValueCache cache;
    private final boolean keeps;
    private final ReadingPieces pieces;
    private final Location model;
    private long[] read = new long[0];

    Decoder(
            StepRun run,
            DecoderInputs inputs,
            LogitsOutput logits,
            KeyValueCache cache,
            boolean keeps,
            Location model) {
        this.run = run;
        this.inputs = inputs;
        this.logits = logits;
        this.cache = cache;
        this.keeps = keeps;
        this.pieces = ReadingPieces.of(inputs, logits);
        this.model = model;
    }

    /** How many tokens of the last text are in the cache. */
    public int cachedTokens() {
        return cache.length();
    }

    /** Makes room for a text of so many tokens at once, where the cache lies in one buffer. */
    public void reserve(int tokens) {
        cache.reserve(tokens);
    }

    /**
     * The logits of the token that follows a text.
     *
     * @param text the text's tokens, at least one
     * @return one number per entry of the vocabulary; the caller's own
     * @throws GraftException {@code INPUTS_INVALID} for no tokens, {@code RUNTIME_FAILED} for one beyond the vocabulary or a text that is too long
     */
    public double[] nextLogits(long[] text) {
        if (text.length == 0) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "expected at least one token, got an empty text",
                    model,
                    "Give a prompt.");
        }
        forget(commonStart(text), text.length);
        cache.reserve(text.length);
        int from = cache.length();
        while (text.length - from > piece(text.length - from)) {
            int to = from + piece(text.length - from);
            step(Arrays.copyOfRange(text, from, to), text, to, false);
            from = to;
        }
        return step(Arrays.copyOfRange(text, from, text.length), text, text.length, true);
    }

    /** How many tokens the next run has, of those that are left. */
    private int piece(int left) {
        return keeps ? pieces.next(left) : left;
    }

    private double[] step(long[] ids, long[] text, int end, boolean last) {
        Map<String, NativeTensor> into = new HashMap<>(cache.into());
        Set<String> computed = new HashSet<>(cache.computed());
        if (last) {
            into.putAll(logits.into(1, ids.length));
            computed.addAll(logits.computed());
        }
        Map<String, NativeTensor> outputs = run.run(inputs.values(cache.length(), ids), cache.inputs(), computed, into);
        double[] row = last ? logits.last(outputs, 1, model).get(0) : new double[0];
        cache.accept(outputs, ids.length);
        read = Arrays.copyOf(text, end);
        return row;
    }

    /** Tokens that need not be read again; the last one always is, for its logits. */
    private int commonStart(long[] text) {
        int different = Arrays.mismatch(read, text);
        int common = different < 0 ? text.length : different;
        return Math.min(Math.min(common, text.length - 1), cache.length());
    }

    private void forget(int common, int length) {
        // the branch with a cache was traced with one token
        boolean oneByOne = inputs.hasCacheFlag() && common > 0 && length - common > 1;
        if (oneByOne || !cache.keepFirst(common)) {
            cache.keepFirst(0);
        }
    }

    /** Frees the cache and lets go of session and adapters; closing again does nothing. */
    @Override
    public void close() {
        cache.close();
        logits.close();
        run.close();
    }
}
