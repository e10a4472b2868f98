package dev.graft.runtime.generate;

import dev.graft.error.GraftException;
import dev.graft.runtime.batching.SlotAdapter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Continues several texts side by side, each with its own adapter, sampler and rules for its end: one run gives a token to every text.
 *
 * <p>A text that ends makes room. Texts whose adapters find no slot wait until others end, so that no adapter is copied in and out from token to token. Each text is what it is
 * when generated alone, up to the rounding of kernels that compute several rows. Does not own model and tokenizer; safe for several threads if the tokenizer is.
 */
public final class BatchedTextGenerator {
    private final BatchedDecoder decoder;
    private final TokenizerSource tokenizer;

    private BatchedTextGenerator(BatchedDecoder decoder, TokenizerSource tokenizer) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
    }

    /** A generator over a model that reads several texts. */
    public static BatchedTextGenerator of(BatchedDecoder decoder, TokenizerSource tokenizer) {
        return new BatchedTextGenerator(decoder, tokenizer);
    }

    /**
     * Continues texts until the last of them has ended.
     *
     * @return the texts, in the order of the prompts
     * @throws GraftException {@code INPUTS_INVALID} for an empty prompt or one that fills the context, {@code RUNTIME_FAILED} also for logits without a
     *     number among them; no text comes back then
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    public List<Generation> generate(List<BatchedPrompt> prompts) throws InterruptedException {
        List<Row> rows = prompts.stream().map(this::row).toList();
        List<Row> live = live(rows);
        try (BatchedReader reader = decoder.reader()) {
            while (!live.isEmpty()) {
                step(reader, live);
                Set<Row> order = new LinkedHashSet<>(live);
                order.addAll(rows);
                live = live(order);
            }
        }
        return rows.stream().map(Row::generation).toList();
    }

    private Row row(BatchedPrompt prompt) {
        long[] tokens = tokenizer.encode(prompt.text());
        return new Row(new TextRun(tokenizer, tokens, prompt.settings(), prompt.listener()), prompt.adapter());
    }

    private static void step(BatchedReader reader, List<Row> live) throws InterruptedException {
        List<@Nullable SlotAdapter> adapters = new ArrayList<>();
        live.forEach(row -> adapters.add(row.adapter));
        List<double[]> logits =
                reader.nextLogits(live.stream().map(row -> row.run.tokens()).toList(), adapters);
        for (int i = 0; i < logits.size(); i++) {
            live.get(i).run.accept(logits.get(i));
        }
    }

    /**
     * The texts that go on, as far as there are slots for their adapters.
     *
     * @param rows in the order in which they get slots: who has begun goes first
     */
    private List<Row> live(Collection<Row> rows) {
        List<Row> live = new ArrayList<>();
        Set<SlotAdapter> adapters = new HashSet<>();
        int slots = decoder.model().slots();
        for (Row row : rows) {
            SlotAdapter adapter = row.adapter;
            boolean placed = adapter == null || adapters.contains(adapter) || adapters.size() < slots;
            if (placed && row.goesOn()) {
                live.add(row);
                if (adapter != null) {
                    adapters.add(adapter);
                }
            }
        }
        return live;
    }

    /** A text and what it is continued with. */
    private static final class Row {
        private final TextRun run;
        private final @Nullable SlotAdapter adapter;
        private @Nullable Generation generation;

        private Row(TextRun run, @Nullable SlotAdapter adapter) {
            this.run = run;
            this.adapter = adapter;
        }

        private boolean goesOn() {
            if (generation == null && !run.goesOn()) {
                generation = run.finish();
            }
            return generation == null;
        }

        private Generation generation() {
            return generation == null ? run.finish() : generation;
        }
    }
}
