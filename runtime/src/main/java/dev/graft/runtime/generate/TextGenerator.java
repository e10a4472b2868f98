package dev.graft.runtime.generate;

import dev.graft.error.GraftException;

/**
 * Continues texts, one after the other. A text that begins as the last one did is read from where they differ.
 *
 * <p>Holds the model's session and adapters until it is closed. For one thread at a time: a service has one per request or conversation, over one session.
 */
public final class TextGenerator implements AutoCloseable {
    /** New tokens that room is made for at once; beyond it grows. */
    private static final int RESERVED = 1024;

    private final Decoder decoder;
    private final TokenizerSource tokenizer;

    private TextGenerator(Decoder decoder, TokenizerSource tokenizer) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
    }

    /** A generator that keeps the model's cache; the tokenizer stays the caller's. */
    public static TextGenerator of(TextModel model, TokenizerSource tokenizer) {
        return new TextGenerator(model.decoder(), tokenizer);
    }

    /** A generator over a decoder, which it closes. */
    public static TextGenerator of(Decoder decoder, TokenizerSource tokenizer) {
        return new TextGenerator(decoder, tokenizer);
    }

    /**
     * Continues a text.
     *
     * @throws GraftException as {@link #generate(long[], GenerationSettings, GenerationListener)}
     */
    public Generation generate(String prompt, GenerationSettings settings, GenerationListener listener) {
        return generate(tokenizer.encode(prompt), settings, listener);
    }

    /**
     * Continues token ids. The same model, prompt and settings give the same text.
     *
     * @param listener hears of tokens and text as they come
     * @throws GraftException {@code INPUTS_INVALID} for an empty prompt or one that fills the context, {@code RUNTIME_FAILED} also for logits without a
     *     number among them
     */
    public Generation generate(long[] prompt, GenerationSettings settings, GenerationListener listener) {
        TextRun run = new TextRun(tokenizer, prompt, settings, listener);
        if (settings.maxTokens() > 0) {
            long most = Math.min((long) prompt.length + settings.maxTokens(), settings.contextLength());
            decoder.reserve((int) Math.min(most, prompt.length + (long) RESERVED));
        }
        while (run.goesOn()) {
            run.accept(decoder.nextLogits(run.tokens()));
        }
        return run.finish();
    }

    /** The cache's tokens after the last text. */
    public int cachedTokens() {
        return decoder.cachedTokens();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
