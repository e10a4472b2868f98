package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.cache.CacheRows;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A text that is read in one call of a reader: its tokens, and once they are read where it is kept and what follows. */
final class CachedText {
    private final long[] tokens;
    private final @Nullable SlotAdapter adapter;
    private CacheRows.@Nullable Row row;
    private double[] logits = {};

    CachedText(long[] tokens, @Nullable SlotAdapter adapter) {
        this.tokens = tokens.clone();
        this.adapter = adapter;
    }

    int length() {
        return tokens.length;
    }

    long lastToken() {
        return tokens[tokens.length - 1];
    }

    /** Some of the tokens, the one at {@code to} not among them. */
    long[] tokens(int from, int to) {
        return Arrays.copyOfRange(tokens, from, to);
    }

    @Nullable
    SlotAdapter adapter() {
        return adapter;
    }

    /** Where it is in a cache. */
    CacheRows.Row row() {
        return Objects.requireNonNull(row);
    }

    void moveTo(CacheRows.Row place) {
        row = place;
    }

    /** The logits of the token behind it. */
    double[] logits() {
        return logits;
    }

    void accept(double[] next) {
        logits = next;
    }

    /** Whether a text is this one and a token more, with the same adapter: keys and values of another are other numbers. */
    boolean isContinuedBy(CachedText text) {
        return text.adapter == adapter
                && text.tokens.length == tokens.length + 1
                && Arrays.equals(tokens, 0, tokens.length, text.tokens, 0, tokens.length);
    }
}
