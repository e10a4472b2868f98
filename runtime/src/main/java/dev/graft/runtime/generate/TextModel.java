package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputHints;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.inputs.ModelFolderHints;
import dev.graft.runtime.inputs.SampleInputs;
import dev.graft.runtime.session.HostTensor;
import dev.graft.runtime.session.LoadedAdapter;
import dev.graft.runtime.session.ModelSession;
import dev.graft.runtime.session.ValueDescription;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A causal language model: token ids in, logits of the next token out. Masks, positions and an empty cache are fed where the model wants them; logits of any floating-point type are
 * read.
 *
 * <p>Does not own the session or the adapters.
 */
public final class TextModel {
    private final ModelSession session;
    private final List<LoadedAdapter> adapters;
    private final SampleInputs completion;
    private final ValueDescription tokens;
    private final String logits;

    private TextModel(
            ModelSession session,
            List<LoadedAdapter> adapters,
            SampleInputs completion,
            ValueDescription tokens,
            String logits) {
        this.session = session;
        this.adapters = adapters;
        this.completion = completion;
        this.tokens = tokens;
        this.logits = logits;
    }

    /** A language model over a session, with what the configuration beside the model says of its inputs. */
    public static TextModel over(ModelSession session, List<LoadedAdapter> adapters) {
        return over(session, adapters, InputHints.NONE);
    }

    /**
     * A language model over a session, with adapters for every run.
     *
     * @param hints what is known of the model's inputs, such as the width of its cache, besides the configuration in its folder
     * @throws GraftException {@code ONNX_UNSUPPORTED} if the model takes no token ids or gives no logits of [batch, sequence, vocabulary]
     */
    public static TextModel over(ModelSession session, List<LoadedAdapter> adapters, InputHints hints) {
        List<ValueDescription> ids = session.inputs().stream()
                .filter(input -> InputRole.of(input) == InputRole.TOKEN_IDS)
                .toList();
        Optional<ValueDescription> output = logitsOf(session.outputs());
        if (ids.size() != 1 || ids.get(0).rank() != 2 || output.isEmpty()) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "expected a causal language model, with one input of token ids [batch, sequence] and an output of logits [batch, sequence, "
                            + "vocabulary]; got " + session.inputs() + " to " + session.outputs(),
                    Location.ofFile(session.file()),
                    "Give the model that the text decoder was exported to.");
        }
        InputHints known = hints.orElse(ModelFolderHints.read(session.file(), session.inputs()));
        return new TextModel(
                session,
                List.copyOf(adapters),
                SampleInputs.of(session.inputs(), known),
                ids.get(0),
                output.get().name());
    }

    /**
     * The logits of the token that follows a text.
     *
     * @param ids the text's tokens, at least one
     * @return one number per entry of the vocabulary
     * @throws GraftException {@code INPUTS_INVALID} for no tokens, {@code RUNTIME_FAILED} for one beyond the vocabulary or a text that is too long
     */
    public double[] nextLogits(long[] ids) {
        if (ids.length == 0) {
            throw new GraftException(
                    ErrorCode.INPUTS_INVALID,
                    "expected at least one token, got an empty text",
                    Location.ofFile(session.file()),
                    "Give a prompt.");
        }
        Shape shape = Shape.of(1, ids.length);
        DType dtype = tokens.dtype() == null ? DType.INT64 : tokens.dtype();
        HostTensor values = HostTensor.ofIntegers(dtype, shape, ids);
        Map<String, HostTensor> outputs = session.run(completion.complete(Map.of(tokens.name(), values)), adapters);
        return lastRow(Objects.requireNonNull(outputs.get(logits)));
    }

    private double[] lastRow(HostTensor output) {
        int width = (int) output.shape().dim(-1);
        if (output.elements() < width || width == 0) {
            throw new GraftException(
                    ErrorCode.RUNTIME_FAILED,
                    "expected logits of at least one token, got " + output,
                    Location.ofFile(session.file()),
                    "");
        }
        return output.toDoubles(output.elements() - width, width);
    }

    /** An output called logits, or else the only one with three dimensions. */
    private static Optional<ValueDescription> logitsOf(List<ValueDescription> outputs) {
        List<ValueDescription> candidates = outputs.stream()
                .filter(output -> output.dtype() != null && output.dtype().isFloat() && output.rank() == 3)
                .toList();
        Optional<ValueDescription> named = candidates.stream()
                .filter(output -> output.name().contains("logits"))
                .findFirst();
        return named.isPresent() || candidates.size() != 1 ? named : Optional.of(candidates.get(0));
    }
}
