package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * What a decoder is fed besides its cache: tokens, and all that follows from how many there are and how many were before.
 *
 * @param inputs the model's inputs without the cache
 * @param tokens the one that takes the tokens
 */
record DecoderInputs(List<ValueDescription> inputs, ValueDescription tokens) {
    /**
     * The inputs of a model.
     *
     * @param cache the names of those that take the cache
     * @throws GraftException {@code ONNX_UNSUPPORTED} where a text does not tell what to feed
     */
    static DecoderInputs of(ModelSession session, ValueDescription tokens, Set<String> cache) {
        List<ValueDescription> inputs = session.inputs().stream()
                .filter(input -> !cache.contains(input.name()))
                .toList();
        return of(session.file(), tokens, inputs);
    }

    /**
     * The inputs of a model, without those that something else than a text feeds.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} where a text does not tell what to feed
     */
    static DecoderInputs of(Path model, ValueDescription tokens, List<ValueDescription> inputs) {
        for (ValueDescription input : inputs) {
            if (!input.equals(tokens) && !follows(input)) {
                throw unsupported(model, "the model needs the input " + input + ", which a text does not give");
            }
        }
        checkFixed(model, tokens, 0, 1, "rows");
        checkFixed(model, tokens, 1, 1, "tokens");
        return new DecoderInputs(inputs, tokens);
    }

    /**
     * Checks that a text can be read without a cache.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} for a model that takes one token at a time
     */
    void requireSeveral(Path model) {
        if (!takesSeveral()) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model takes one token at a time and has no cache: " + tokens,
                    Location.ofFile(model),
                    "Export it with a free length, or with a cache.");
        }
    }

    /** Whether a run can take several tokens. */
    boolean takesSeveral() {
        return !(tokens.dims().get(1) instanceof Dimension.Fixed);
    }

    /** The flag that says whether there is a cache, if the model has two branches. */
    boolean hasCacheFlag() {
        return inputs.stream().anyMatch(input -> InputRole.of(input) == InputRole.CACHE_FLAG);
    }

    /** Whether the model is told to give the logits of the last token only. */
    boolean keepsOneLogit() {
        return inputs.stream().anyMatch(input -> input.name().equals(RunInputs.KEPT_LOGITS));
    }

    /** Whether an input is a mask, of whatever kind. */
    static boolean isMask(ValueDescription input) {
        InputRole role = InputRole.of(input);
        return role == InputRole.ATTENTION_MASK || role == InputRole.ADDITIVE_MASK;
    }

    /**
     * The values of one run of one text.
     *
     * @param past tokens in the cache
     * @param ids the tokens behind them
     */
    Map<String, HostTensor> values(int past, long[] ids) {
        return values(RunTexts.ofOne(past, ids), input -> -1);
    }

    /**
     * The values of one run.
     *
     * @param rowAxis along which dimension of an input the texts lie; negative where all share its value
     */
    Map<String, HostTensor> values(RunTexts texts, ToIntFunction<ValueDescription> rowAxis) {
        RunInputs run = new RunInputs(texts, rowAxis);
        Map<String, HostTensor> values = new LinkedHashMap<>();
        inputs.forEach(input -> values.put(input.name(), run.value(input, tokens)));
        return values;
    }

    private static boolean follows(ValueDescription input) {
        return input.isNumeric()
                && (input.name().equals(RunInputs.KEPT_LOGITS)
                        || switch (InputRole.of(input)) {
                            case ATTENTION_MASK, ADDITIVE_MASK -> !input.name().startsWith("encoder");
                            case POSITION_IDS,
                                    TOKEN_TYPE_IDS,
                                    CACHE_FLAG,
                                    TOTAL_LENGTH,
                                    TOTAL_LENGTH_LESS_ONE,
                                    PAST_LENGTH -> true;
                            default -> false;
                        });
    }

    private static void checkFixed(Path model, ValueDescription tokens, int axis, long wanted, String what) {
        if (tokens.dims().get(axis) instanceof Dimension.Fixed fixed && fixed.length() != wanted) {
            throw unsupported(model, "the model takes exactly " + fixed.length() + " " + what + ": " + tokens);
        }
    }

    private static GraftException unsupported(Path model, String message) {
        return new GraftException(
                ErrorCode.ONNX_UNSUPPORTED,
                message,
                Location.ofFile(model),
                "Give a decoder that was exported for text alone, with a free batch and length.");
    }
}
