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
import org.jspecify.annotations.Nullable;

/**
 * One text in the making: takes logits, chooses tokens, knows when it has ended. Where the logits come from is not its business, so it is the same alone and beside
 * others.
 */
final class TextRun {
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
    private int chosen;
    private @Nullable StopReason reason;

    /** @throws GraftException {@code INPUTS_INVALID} for a prompt that fills the context */
    TextRun(TokenizerSource tokenizer, long[] prompt, GenerationSettings settings, GenerationListener listener) {
        if (prompt.length >= settings.contextLength() && settings.maxTokens() > 0) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "the prompt has " + prompt.length + " tokens and the model's context holds "
                            + settings.contextLength(),
                    Location.NONE,
                    "Give a shorter prompt.");
        }
        this.settings = settings;
        this.listener = listener;
        this.sampler = TokenSampler.of(settings.sampling());
        this.pieces = new TokenText(tokenizer, prompt);
        this.stops = new StopStrings(settings.stopStrings());
        this.tokens = prompt.clone();
        this.promptTokens = prompt.length;
        LongStream.of(prompt).forEach(sampler::see);
    }

    /** The text so far; not to be changed. */
    long[] tokens() {
        return tokens;
    }

    /** Whether it wants the logits of another token. */
    boolean goesOn() {
        if (reason == null) {
            reason = limit();
        }
        return reason == null;
    }

    private @Nullable StopReason limit() {
        if (chosen >= settings.maxTokens()) {
            return StopReason.MAX_TOKENS;
        }
        if (tokens.length >= settings.contextLength()) {
            return StopReason.CONTEXT_FULL;
        }
        return listener.wantsMore() ? null : StopReason.CANCELLED;
    }

    /**
     * Chooses the next token.
     *
     * @param logits those of the token behind the text; changed
     * @throws GraftException {@code RUNTIME_FAILED} if none of them is a number
     */
    void accept(double[] logits) {
        long next = sampler.choose(logits);
        first = chosen == 0 ? since() : first;
        chosen++;
        if (settings.stopTokens().contains(next)) {
            reason = StopReason.STOP_TOKEN;
            return;
        }
        add(next);
        if (stops.found()) {
            reason = StopReason.STOP_STRING;
        }
    }

    /** Tells the rest of the text, once it goes on no more. */
    Generation finish() {
        StopReason why = reason == null ? StopReason.CANCELLED : reason;
        if (why != StopReason.STOP_STRING) {
            tell(stops.take(pieces.rest()));
            why = stops.found() ? StopReason.STOP_STRING : why;
            tell(stops.rest());
        }
        List<Long> all = Arrays.stream(tokens).boxed().toList();
        return new Generation(all, promptTokens, text.toString(), why, first, since());
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
