package dev.graft.runtime.generate;

import dev.graft.runtime.batching.SlotAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads several texts as a whole each time, for a model without a cache.
 *
 * @param decoder what reads them
 */
record WholeTextReader(BatchedDecoder decoder) implements BatchedReader {
    @Override
    public List<double[]> nextLogits(List<long[]> texts, List<? extends @Nullable SlotAdapter> adapters)
            throws InterruptedException {
        return decoder.nextLogits(texts, adapters);
    }

    @Override
    public int cachedTokens() {
        return 0;
    }

    @Override
    public void close() {}
}
