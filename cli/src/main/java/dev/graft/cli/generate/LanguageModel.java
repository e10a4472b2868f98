package dev.graft.cli.generate;

import dev.graft.adapter.WeightedAdapter;
import dev.graft.cli.tokenizer.HuggingFaceTokenizerSource;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.adapters.AdapterLease;
import dev.graft.runtime.adapters.AdapterRuntime;
import dev.graft.runtime.adapters.RuntimeSettings;
import dev.graft.runtime.batching.BatchedModel;
import dev.graft.runtime.generate.BatchedDecoder;
import dev.graft.runtime.generate.BatchedTextGenerator;
import dev.graft.runtime.generate.GenerationSettings;
import dev.graft.runtime.generate.TextGenerator;
import dev.graft.runtime.generate.TextModel;
import dev.graft.runtime.generate.chat.SpecialTokens;
import dev.graft.runtime.generate.chat.TokenizerFolder;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.mix.AdapterMix;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.SessionSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model with adapters by name, its tokenizer, and what the files beside both say.
 *
 * @param session the model
 * @param adapters what holds session and adapters; null if there are no adapters, or slots for them
 * @param rows what holds session and slots of a model in style batched; null for another
 * @param tokenizer its tokenizer
 * @param folder what the files beside the tokenizer say
 * @param hints what the files beside model and tokenizer say of the model's inputs
 */
public record LanguageModel(
        ModelSession session,
        @Nullable AdapterRuntime adapters,
        @Nullable RowAdapters rows,
        HuggingFaceTokenizerSource tokenizer,
        TokenizerFolder folder,
        InputHints hints)
        implements AutoCloseable {
    /** Opens a model without adapters and its tokenizer; the caller closes it. */
    public static LanguageModel open(Path model, Path tokenizerFile, SessionSettings settings) {
        return open(model, tokenizerFile, settings, Map.of());
    }

    /**
     * Opens a model, its tokenizer, and adapters under their names; the caller closes it.
     *
     * @throws GraftException {@code TARGET_NOT_FOUND} if there are adapters and the model has no inputs for them
     */
    public static LanguageModel open(
            Path model, Path tokenizerFile, SessionSettings settings, Map<String, WeightedAdapter> adapters) {
        ModelSession session = ModelSession.open(model, settings);
        if (BatchedModel.isBatched(session.inputs())) {
            return open(session, null, RowAdapters.of(BatchedModel.of(session), adapters), tokenizerFile);
        }
        if (adapters.isEmpty()) {
            return open(session, null, null, tokenizerFile);
        }
        AdapterRuntime runtime = AdapterRuntime.of(session, RuntimeSettings.DEFAULT.with(settings));
        try {
            adapters.forEach((name, adapter) -> runtime.put(name, adapter.adapter()));
        } catch (RuntimeException | Error e) {
            runtime.close();
            throw e;
        }
        return open(session, runtime, null, tokenizerFile);
    }

    private static LanguageModel open(
            ModelSession session, @Nullable AdapterRuntime adapters, @Nullable RowAdapters rows, Path tokenizerFile) {
        try {
            InputHints hints = ModelFolderHints.read(session.file(), session.inputs())
                    .orElse(ModelFolderHints.read(tokenizerFile, session.inputs()));
            TokenizerFolder folder = TokenizerFolder.read(tokenizerFile, session.file());
            return new LanguageModel(
                    session, adapters, rows, HuggingFaceTokenizerSource.open(tokenizerFile), folder, hints);
        } catch (RuntimeException | Error e) {
            close(session, adapters, rows);
            throw e;
        }
    }

    /** The model with adapters that its session loaded. */
    public TextModel with(List<LoadedAdapter> loaded) {
        return TextModel.over(session, loaded, hints);
    }

    /**
     * A generator with a mix of adapters, which it holds; the caller closes it.
     *
     * @throws GraftException {@code ADAPTER_UNKNOWN}, {@code ADAPTERS_CONFLICT}, {@code ONNX_UNSUPPORTED} for a model in style batched
     */
    public TextGenerator generator(AdapterMix mix) {
        if (rows != null) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model was attached in style batched, which continues prompts and holds no conversation",
                    Location.ofFile(session.file()),
                    "Attach the base with --style input, or give prompts with --prompt.");
        }
        if (adapters == null) {
            return TextGenerator.of(with(List.of()), tokenizer);
        }
        try (AdapterLease lease = adapters.lease(mix)) {
            return TextGenerator.of(with(lease.adapters()), tokenizer);
        }
    }

    /**
     * A generator of several texts, where the model is in style batched.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} for a model with a cache, or none of language
     */
    public Optional<BatchedTextGenerator> batchedGenerator() {
        return Optional.ofNullable(rows)
                .map(batched -> BatchedTextGenerator.of(BatchedDecoder.over(batched.model(), hints), tokenizer));
    }

    /** Settings with the model's context and the tokens that end a text. */
    public GenerationSettings complete(GenerationSettings settings) {
        Set<Long> stops = new HashSet<>(settings.stopTokens());
        stops.addAll(tokenizer.endTokens());
        stops.addAll(folder.endTokens());
        return settings.withStopTokens(stops)
                .withContextLength(folder.contextLength().orElse(settings.contextLength()));
    }

    /** The tokens that stand around texts. */
    public SpecialTokens special() {
        return SpecialTokens.read(tokenizer, folder);
    }

    @Override
    public void close() {
        tokenizer.close();
        close(session, adapters, rows);
    }

    private static void close(ModelSession session, @Nullable AdapterRuntime adapters, @Nullable RowAdapters rows) {
        if (rows != null) {
            rows.model().close();
        } else if (adapters != null) {
            adapters.close();
        } else {
            session.close();
        }
    }
}
