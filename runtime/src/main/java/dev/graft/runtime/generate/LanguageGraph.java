package dev.graft.runtime.generate;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.runtime.inputs.InputRole;
import dev.graft.runtime.session.ValueDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What makes a model a causal language model.
 *
 * @param tokens the input of token ids [batch, sequence]
 * @param logits the output [batch, sequence, vocabulary]
 */
record LanguageGraph(ValueDescription tokens, ValueDescription logits) {
    /**
     * Finds both.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} for a model of another kind
     */
    static LanguageGraph of(Path model, List<ValueDescription> inputs, List<ValueDescription> outputs) {
        List<ValueDescription> ids = inputs.stream()
                .filter(input -> InputRole.of(input) == InputRole.TOKEN_IDS)
                .toList();
        Optional<ValueDescription> logits = LogitsOutput.find(outputs);
        if (ids.size() != 1 || ids.get(0).rank() != 2 || logits.isEmpty()) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "expected a causal language model, with one input of token ids [batch, sequence] and an output of logits [batch, sequence, "
                            + "vocabulary]; got " + inputs + " to " + outputs,
                    Location.ofFile(model),
                    "Give the model that the text decoder was exported to.");
        }
        return new LanguageGraph(ids.get(0), logits.get());
    }
}
