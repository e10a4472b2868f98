package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.batching.RowRunner;
import dev.graft.runtime.batching.SlotAdapter;
import dev.graft.runtime.generate.cache.CacheLayout;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A causal language model in style batched that reads several texts in one run, each with its own adapter, or with none.
 *
 * <p>Keeps nothing itself; a {@link #reader} keeps what it has read, where the model has a cache. Without a cache every run computes the texts as a whole, those of different
 * lengths padded at the end, where a causal model does not look; that takes an attention mask and logits of every token, and without either only texts of one length go together.
 * Does not own the model. Safe for several threads.
 */
public final class BatchedDecoder {
    /** Logits of the tokens before the last are not worth more memory than this at a time. */
    private static final long MOST_LOGITS = 1L << 28;

    private final BatchedModel model;
    private final DecoderInputs inputs;
    private final CacheLayout cache;
    private final PaddingTrial trial;
    private final ValueDescription logitsOutput;
    private final LogitsOutput logits;
    private final String output;
    private final long tokenBytes;
    private final RowRunner runner;

    private BatchedDecoder(BatchedModel model, DecoderInputs inputs, LanguageGraph graph, CacheLayout cache) {
        this.model = model;
        this.inputs = inputs;
        this.cache = cache;
        this.trial = new PaddingTrial(BatchedCache.canPad(inputs, cache.padding(), this::rowAxis));
        this.logitsOutput = graph.logits();
        this.logits = LogitsOutput.of(graph.logits(), inputs);
        this.output = graph.logits().name();
        this.tokenBytes = Math.max(1, tokenBytes(graph));
        this.runner = logits.hasRowPerToken() ? RowRunner.padding(model) : RowRunner.ofEqualShapes(model);
    }

    /** A language model over a batched one, with what the configuration beside it says of its inputs. */
    public static BatchedDecoder over(BatchedModel model) {
        return over(model, InputHints.NONE);
    }

    /**
     * A language model over a batched one.
     *
     * @param hints what is known of the model's inputs besides the configuration in its folder
     * @throws GraftException {@code ONNX_UNSUPPORTED} if the model is no causal language model, has a cache for one text only, or needs
     *     what a text does not give
     */
    public static BatchedDecoder over(BatchedModel model, InputHints hints) {
        LanguageGraph graph = LanguageGraph.of(model.file(), model.inputs(), model.outputs());
        InputHints known = hints.orElse(ModelFolderHints.read(model.file(), model.inputs()));
        CacheLayout cache = CacheLayout.find(model.session(), known);
        BatchedCache.requireRows(model.file(), cache);
        List<ValueDescription> others = model.inputs().stream()
                .filter(input -> !cache.inputs().contains(input.name()))
                .toList();
        DecoderInputs inputs = DecoderInputs.of(model.file(), graph.tokens(), others);
        if (!cache.isPresent()) {
            inputs.requireSeveral(model.file());
        }
        return new BatchedDecoder(model, inputs, graph, cache);
    }

    /** The model's cache, which may have no parts. */
    public CacheLayout cache() {
        return cache;
    }

    /** Whether texts of different lengths share the cache. What a model does is known once it was tried, when a reader first had such texts; false before. */
    public boolean mixesLengths() {
        return trial.passed();
    }

    /** A reader of several texts that uses the model's cache, if it has one; the caller closes it. */
    public BatchedReader reader() {
        if (!cache.isPresent()) {
            return new WholeTextReader(this);
        }
        BatchedRuns runs = new BatchedRuns(
                model.steps(),
                inputs,
                LogitsOutput.of(logitsOutput, inputs),
                cache,
                this::rowAxis,
                Location.ofFile(model.file()));
        return new CachedReader(this, runs, trial);
    }

    private int rowAxis(ValueDescription input) {
        return BatchedCache.rowAxis(input, model.rowAxis(input));
    }

    /** The model, which the caller owns. */
    public BatchedModel model() {
        return model;
    }

    /**
     * The logits of the token that follows each text, which is read as a whole.
     *
     * @param texts the texts' tokens, at least one each
     * @param adapters which adapter each text is read with, null for none
     * @return for each text one number per entry of the vocabulary; the caller's own
     * @throws GraftException {@code INPUTS_INVALID} for a text without tokens, {@code RUNTIME_FAILED} for a token beyond the vocabulary or a text that is too long
     * @throws InterruptedException if the thread is interrupted while it waits for slots
     */
    public List<double[]> nextLogits(List<long[]> texts, List<? extends @Nullable SlotAdapter> adapters)
            throws InterruptedException {
        requireReadable(texts, adapters);
        if (cache.isPresent()) {
            try (BatchedReader reader = reader()) {
                return reader.nextLogits(texts, adapters);
            }
        }
        List<double[]> next = new ArrayList<>();
        while (next.size() < texts.size()) {
            int from = next.size();
            int to = from + together(texts.subList(from, texts.size()));
            next.addAll(read(texts.subList(from, to), adapters.subList(from, to)));
        }
        return next;
    }

    /** How many of the first texts are read in one run, at least one. */
    private int together(List<long[]> texts) {
        long longest = 1;
        int count = 0;
        for (long[] text : texts) {
            longest = Math.max(longest, text.length);
            if (count > 0 && (count + 1) * longest > MOST_LOGITS / tokenBytes) {
                break;
            }
            count++;
        }
        return count;
    }

    private List<double[]> read(List<long[]> texts, List<? extends @Nullable SlotAdapter> adapters)
            throws InterruptedException {
        List<Map<String, HostTensor>> rows =
                texts.stream().map(text -> inputs.values(0, text)).toList();
        List<Map<String, HostTensor>> outputs = runner.run(rows, adapters);
        List<double[]> next = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            next.add(last(outputs.get(i).get(output), texts.get(i).length));
        }
        return next;
    }

    /** Checks that every text has tokens. */
    void requireReadable(List<long[]> texts, List<? extends @Nullable SlotAdapter> adapters) {
        if (texts.size() != adapters.size()) {
            throw new IllegalArgumentException(texts.size() + " texts, " + adapters.size() + " adapters");
        }
        if (texts.stream().anyMatch(text -> text.length == 0)) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "expected at least one token, got an empty text",
                    Location.ofFile(model.file()),
                    "Give a prompt.");
        }
    }

    private double[] last(@Nullable HostTensor row, int length) {
        Location where = Location.ofFile(model.file());
        boolean fits = row != null
                && row.shape().rank() == 3
                && (!logits.hasRowPerToken() || row.shape().dim(1) == length);
        if (row == null || !fits) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "expected logits of " + length + " tokens for each text in '" + output + "', got " + row,
                    where,
                    "Attach an export whose logits are [batch, sequence, vocabulary].");
        }
        return logits.last(row, where);
    }

    private static long tokenBytes(LanguageGraph graph) {
        DType dtype = Objects.requireNonNull(graph.logits().dtype());
        return graph.logits().dims().get(2) instanceof Dimension.Fixed fixed ? dtype.byteSize(fixed.length()) : 0;
    }
}
