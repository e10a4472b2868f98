package dev.graft.cli.bench;

import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.BatchedDecoder;
import dev.graft.runtime.generate.BatchedReader;
import dev.graft.runtime.generate.sampling.SamplingSettings;
import dev.graft.runtime.generate.sampling.TokenSampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Texts that are generated in one batch, each with its own adapter.
 *
 * @param decoder the model
 * @param adapters one per text
 * @param tokens tokens of a text, all but the first of them generated
 */
record BatchedTexts(BatchedDecoder decoder, List<SlotAdapter> adapters, int tokens) {
    /** How many texts the benchmark has at a time. */
    static final int MOST = 8;

    /** What the benchmark calls so many of them. */
    static final String NAME = "batched, " + MOST + " texts, an adapter each";

    /** Generates them once; the tokens of all texts count. */
    GenerationSpeed.Row generate(String name) {
        try (BatchedReader reader = decoder.reader()) {
            return generate(name, reader);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }

    private GenerationSpeed.Row generate(String name, BatchedReader reader) throws InterruptedException {
        long[] start = {GenerationSpeed.FIRST_TOKEN};
        List<long[]> texts = new ArrayList<>(Collections.nCopies(adapters.size(), start));
        TokenSampler sampler = TokenSampler.of(SamplingSettings.GREEDY);
        long begin = System.nanoTime();
        long first = begin;
        for (int length = 1; length < tokens; length++) {
            List<double[]> logits = reader.nextLogits(texts, adapters);
            for (int i = 0; i < logits.size(); i++) {
                texts.set(i, longer(texts.get(i), sampler.choose(logits.get(i))));
            }
            first = length == 1 ? System.nanoTime() : first;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new GenerationSpeed.Row(name, adapters.size() * (tokens - 1) / seconds, (first - begin) / 1e9);
    }

    private static long[] longer(long[] text, long token) {
        long[] longer = Arrays.copyOf(text, text.length + 1);
        longer[text.length] = token;
        return longer;
    }
}
