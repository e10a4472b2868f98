package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.Generation.StopReason;
import dev.graft.runtime.generate.sampling.TokenSampler;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

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
        if (prompt.length >= settings.contextLength() && settings.maxTokens() > 0) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "the prompt has " + prompt.length + " tokens and the model's context holds "
                            + settings.contextLength(),
                    Location.NONE,
                    "Give a shorter prompt.");
        }
        return new Run(prompt, settings, listener).finish();
    }

    /** The cache's tokens after the last text. */
    public int cachedTokens() {
        return decoder.cachedTokens();
    }

    @Override
    public void close() {
        decoder.close();
    }

    /** One text in the making. */
    private final class Run {
        private final GenerationSettings settings;
        private final GenerationListener listener;
        private final TokenSampler sampler;
        private final TokenText pieces;
        private final StopStrings stops;
        private final StringBuilder text = new StringBuilder();
        private final int promptTokens;
        private final long begin = System.nanoTime();
        private Duration first = Duration.ZERO;
        private long[] tokens;

        private Run(long[] prompt, GenerationSettings settings, GenerationListener listener) {
            this.settings = settings;
            this.listener = listener;
            this.sampler = TokenSampler.of(settings.sampling());
            this.pieces = new TokenText(tokenizer, prompt);
            this.stops = new StopStrings(settings.stopStrings());
            this.tokens = prompt.clone();
            this.promptTokens = prompt.length;
            LongStream.of(prompt).forEach(sampler::see);
        }

        private Generation finish() {
            StopReason reason = untilStopped();
            if (reason != StopReason.STOP_STRING) {
                tell(stops.take(pieces.rest()));
                reason = stops.found() ? StopReason.STOP_STRING : reason;
                tell(stops.rest());
            }
            List<Long> all = Arrays.stream(tokens).boxed().toList();
            return new Generation(all, promptTokens, text.toString(), reason, first, since());
        }

        private StopReason untilStopped() {
            if (settings.maxTokens() > 0) {
                long most = Math.min((long) promptTokens + settings.maxTokens(), settings.contextLength());
                decoder.reserve((int) Math.min(most, promptTokens + (long) RESERVED));
            }
            for (int i = 0; i < settings.maxTokens(); i++) {
                if (tokens.length >= settings.contextLength()) {
                    return StopReason.CONTEXT_FULL;
                }
                if (!listener.wantsMore()) {
                    return StopReason.CANCELLED;
                }
                long next = sampler.choose(decoder.nextLogits(tokens));
                first = i == 0 ? since() : first;
                if (settings.stopTokens().contains(next)) {
                    return StopReason.STOP_TOKEN;
                }
                add(next);
                if (stops.found()) {
                    return StopReason.STOP_STRING;
                }
            }
            return StopReason.MAX_TOKENS;
        }

        private void add(long token) {
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = token;
            sampler.see(token);
            listener.onToken(token);
            tell(stops.take(pieces.take(token)));
        }

        private void tell(String piece) {
            if (!piece.isEmpty()) {
                text.append(piece);
                listener.onText(piece);
            }
        }

        private Duration since() {
            return Duration.ofNanos(System.nanoTime() - begin);
        }
    }
}
