package dev.graft.runtime.generate;

import dev.graft.error.Location;
import dev.graft.runtime.batching.BatchSteps;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.cache.CacheLayout;
import dev.graft.runtime.generate.cache.CacheRows;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.NativeTensor;
import dev.graft.runtime.session.ValueDescription;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Runs of a batched model with a cache. For one thread at a time; owns the steps. */
final class BatchedRuns implements AutoCloseable {
    private final BatchSteps steps;
    private final DecoderInputs inputs;
    private final LogitsOutput logits;
    private final CacheLayout layout;
    private final ToIntFunction<ValueDescription> rowAxis;
    private final Location model;

    BatchedRuns(
            BatchSteps steps,
            DecoderInputs inputs,
            LogitsOutput logits,
            CacheLayout layout,
            ToIntFunction<ValueDescription> rowAxis,
            Location model) {
        this.steps = steps;
        this.inputs = inputs;
        this.logits = logits;
        this.layout = layout;
        this.rowAxis = rowAxis;
        this.model = model;
    }

    CacheLayout layout() {
        return layout;
    }

    /**
     * Reads the next tokens of several texts, as many of each, and keeps them in their cache.
     *
     * @param ids the tokens behind those in the cache
     * @param wanted whether the logits are
     * @return the last token's logits of each text; none if they are not wanted
     */
    List<double[]> run(CacheRows cache, long[][] ids, List<? extends @Nullable SlotAdapter> adapters, boolean wanted)
            throws InterruptedException {
        int current = ids[0].length;
        Map<String, NativeTensor> into = new HashMap<>(cache.into());
        Set<String> computed = new HashSet<>(cache.computed());
        if (wanted) {
            into.putAll(logits.into(ids.length, current));
            computed.addAll(logits.computed());
        }
        Map<String, HostTensor> values = inputs.values(new RunTexts(cache.lengths(), ids, layout.padding()), rowAxis);
        Map<String, NativeTensor> outputs = steps.run(adapters, values, cache.inputs(), computed, into);
        List<double[]> last = wanted ? logits.last(outputs, ids.length, model) : List.of();
        cache.accept(outputs, current);
        return last;
    }

    /** How many tokens are read in one run. */
    ReadingPieces pieces() {
        return ReadingPieces.of(inputs, logits);
    }

    @Override
    public void close() {
        logits.close();
        steps.close();
    }
}
