package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.generate.cache.CacheLayout;
import dev.graft.runtime.generate.cache.CachePadding;
import dev.graft.runtime.generate.cache.CachePart;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;

/** What a model must take so that several texts can share its cache, and texts of different lengths one run. */
final class BatchedCache {
    private BatchedCache() {}

    /**
     * Checks that the cache holds several texts.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED}
     */
    static void requireRows(Path model, CacheLayout cache) {
        for (CachePart part : cache.parts()) {
            Dimension rows = part.input().dims().get(part.rowAxis());
            if (rows instanceof Dimension.Fixed || part.rowAxis() == part.timeAxis()) {
                throw new GraftException(
                        ErrorCode.ONNX_UNSUPPORTED,
                        "the cache does not say where several texts would lie: " + part.input(),
                        Location.ofFile(model),
                        "Export the base with a free batch, first in every part of the cache, or attach it with --style input, which generates one text "
                                + "after the other.");
            }
        }
    }

    /** Along which dimension texts lie: places of tokens in a list of their own, and a mask that is one, are those of all texts. */
    static int rowAxis(ValueDescription input, int found) {
        boolean shared =
                input.rank() == 1 && (InputRole.of(input) == InputRole.POSITION_IDS || DecoderInputs.isMask(input));
        return shared ? -1 : found;
    }

    /**
     * Whether the inputs can say of each text which tokens in the cache are its own and at which position the new one is. Where the graph counts positions itself, it may count
     * the padding too; GroupQueryAttention counts none.
     */
    static boolean canPad(DecoderInputs inputs, CachePadding padding, ToIntFunction<ValueDescription> rowAxis) {
        List<ValueDescription> lengths = inputs.inputs().stream()
                .filter(input -> DecoderInputs.isMask(input) || isLength(input))
                .toList();
        List<ValueDescription> positions = inputs.inputs().stream()
                .filter(input -> InputRole.of(input) == InputRole.POSITION_IDS)
                .toList();
        return !lengths.isEmpty()
                && lengths.stream().allMatch(input -> rowAxis.applyAsInt(input) >= 0)
                && positions.stream().allMatch(input -> rowAxis.applyAsInt(input) >= 0)
                && (padding == CachePadding.BEHIND || !positions.isEmpty());
    }

    private static boolean isLength(ValueDescription input) {
        return InputRole.of(input) == InputRole.TOTAL_LENGTH_LESS_ONE;
    }
}
