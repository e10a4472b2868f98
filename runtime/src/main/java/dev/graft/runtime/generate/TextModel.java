package dev.graft.runtime.generate;

import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.cache.CacheLayout;
import dev.graft.runtime.generate.cache.KeyValueCache;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ValueDescription;
import java.util.List;

/**
 * A causal language model over a session, with adapters for every run: how it takes tokens, where its cache goes on, where its logits come out.
 *
 * <p>Does not own the session or the adapters; each {@link Decoder} holds them until it is closed. Immutable.
 */
public final class TextModel {
    private final ModelSession session;
    private final List<LoadedAdapter> adapters;
    private final DecoderInputs inputs;
    private final ValueDescription logits;
    private final CacheLayout cache;

    private TextModel(
            ModelSession session,
            List<LoadedAdapter> adapters,
            DecoderInputs inputs,
            ValueDescription logits,
            CacheLayout cache) {
        this.session = session;
        this.adapters = adapters;
        this.inputs = inputs;
        this.logits = logits;
        this.cache = cache;
    }

    /** A language model over a session, with what the configuration beside the model says of its inputs. */
    public static TextModel over(ModelSession session, List<LoadedAdapter> adapters) {
        return over(session, adapters, InputHints.NONE);
    }

    /**
     * A language model over a session, with adapters for every run.
     *
     * @param hints what is known of the model's inputs, such as the width of its cache, besides the configuration in its folder
     * @throws GraftException {@code ONNX_UNSUPPORTED} if the model takes no token ids or gives no logits of [batch, sequence, vocabulary], needs what a text does
     *     not give, or has a cache that cannot be told
     */
    public static TextModel over(ModelSession session, List<LoadedAdapter> adapters, InputHints hints) {
        LanguageGraph graph = LanguageGraph.of(session.file(), session.inputs(), session.outputs());
        InputHints known = hints.orElse(ModelFolderHints.read(session.file(), session.inputs()));
        CacheLayout cache = CacheLayout.find(session, known);
        DecoderInputs inputs = DecoderInputs.of(session, graph.tokens(), cache.inputs());
        if (!cache.isPresent()) {
            inputs.requireSeveral(session.file());
        }
        return new TextModel(session, List.copyOf(adapters), inputs, graph.logits(), cache);
    }

    /** The model's cache, which may have no parts. */
    public CacheLayout cache() {
        return cache;
    }

    /** A reader of one text that uses the model's cache, if it has one; the caller closes it. */
    public Decoder decoder() {
        return open(cache.open(), cache.isPresent());
    }

    /** A reader of one text that computes the whole text for each token, for comparison; the caller closes it. */
    public Decoder decoderWithoutCache() {
        return open(cache.openUnused(), false);
    }

    private Decoder open(KeyValueCache opened, boolean keeps) {
        try {
            return new Decoder(
                    session.steps(adapters),
                    inputs,
                    LogitsOutput.of(logits, inputs),
                    opened,
                    keeps,
                    Location.ofFile(session.file()));
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }
}
