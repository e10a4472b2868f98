package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads several texts side by side and, where the model has a cache, keeps what it has read; made by {@link BatchedDecoder#reader}.
 *
 * <p>A text that is one token longer than one of the last call, with the same adapter, costs that token. Texts may come and go from call to call, in any order; what is
 * not asked for again is forgotten. For one thread at a time.
 */
public interface BatchedReader extends AutoCloseable {
    /**
     * The logits of the token that follows each text.
     *
     * @param texts the texts' tokens, at least one each
     * @param adapters which adapter each text is read with, null for none
     * @return for each text one number per entry of the vocabulary; the caller's own
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID} for a text without tokens, {@code RUNTIME_FAILED} for a token beyond the vocabulary or a text that is
     *     too long; nothing is kept then
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    List<double[]> nextLogits(List<long[]> texts, List<? extends @Nullable SlotAdapter> adapters)
            throws InterruptedException;

    /** How many tokens of the last texts are in the cache, all texts together. */
    int cachedTokens();

    /** Frees the cache and lets go of the session; closing again does nothing. */
    @Override
    void close();
}
