package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.Generation.StopReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Continues a text with the likeliest token each time; among equals the first. The same model and prompt give the same text.
 *
 * @param model the model
 * @param limits when to stop
 */
public record GreedyGenerator(TextModel model, GenerationLimits limits) {
    /**
     * Continues token ids.
     *
     * @param listener is told each new token as it comes
     * @throws GraftException {@code INPUTS_INVALID} for an empty prompt or one that fills the context, {@code RUNTIME_FAILED} also for logits without a
     *     number among them
     */
    public Generation generate(long[] prompt, LongConsumer listener) {
        if (prompt.length >= limits.contextTokens() && limits.newTokens() > 0) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "the prompt has " + prompt.length + " tokens and the model's context holds "
                            + limits.contextTokens(),
                    Location.NONE,
                    "Give a shorter prompt.");
        }
        List<Long> tokens = new ArrayList<>();
        Arrays.stream(prompt).forEach(tokens::add);
        for (int i = 0; i < limits.newTokens(); i++) {
            if (tokens.size() >= limits.contextTokens()) {
                return new Generation(tokens, prompt.length, StopReason.CONTEXT_FULL);
            }
            long next = likeliest(model.nextLogits(toArray(tokens)));
            if (limits.stopTokens().contains(next)) {
                return new Generation(tokens, prompt.length, StopReason.STOP_TOKEN);
            }
            tokens.add(next);
            listener.accept(next);
        }
        return new Generation(tokens, prompt.length, StopReason.NEW_TOKENS);
    }

    /**
     * Continues a text.
     *
     * @return the continuation alone
     * @throws GraftException as {@link #generate(long[], LongConsumer)}
     */
    public String generate(String prompt, TokenizerSource tokenizer) {
        Generation generation = generate(tokenizer.encode(prompt), token -> {});
        String whole = tokenizer.decode(toArray(generation.tokens()));
        // decoding the continuation alone would lose the space in front of its first word
        String start = tokenizer.decode(toArray(generation.prompt()));
        return whole.startsWith(start)
                ? whole.substring(start.length())
                : tokenizer.decode(toArray(generation.newTokens()));
    }

    private static long[] toArray(List<Long> tokens) {
        return tokens.stream().mapToLong(Long::longValue).toArray();
    }

    private static long likeliest(double[] logits) {
        int best = -1;
        for (int i = 0; i < logits.length; i++) {
            if (!Double.isNaN(logits[i]) && (best < 0 || logits[i] > logits[best])) {
                best = i;
            }
        }
        if (best < 0) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "no logit is a number",
                    Location.NONE,
                    "The model overflows: run it in float32, or check the adapter's scaling.");
        }
        return best;
    }
}
