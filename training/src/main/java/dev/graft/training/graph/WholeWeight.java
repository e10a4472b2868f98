package dev.graft.training.graph;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A weight or bias that is trained as a whole.
 *
 * @param name the module's path and the parameter
 * @param value the initializer
 * @param transposed whether it is stored as the transpose of what PyTorch has
 * @param reader the outputs of the one node whose input it is, where other readers have their own; empty for all readers
 */
record WholeWeight(String name, Value value, boolean transposed, Optional<List<String>> reader) {
    boolean isBias() {
        return name.endsWith(".bias");
    }

    /** What is stored. */
    Tensor stored() {
        return value.initializer().orElseThrow().tensor(value.name());
    }

    /**
     * The same with an initializer that nobody else reads: what else is done to the graph may change the node that reads it.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} if which of several readers is meant cannot be told
     */
    WholeWeight alone(GraphEditor editor) {
        if (reader.isEmpty() || value.uses().size() == 1) {
            return new WholeWeight(name, value, transposed, Optional.empty());
        }
        if (value.uses().stream().noneMatch(this::isOwn)) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    name + " shares its tensor with others behind a node that copies it",
                    Location.ofTensor(null, value.name()),
                    "Export the model again with a tensor for each bias, or leave this one out.");
        }
        Value own =
                editor.addInitializer(value.graph(), name, value.initializer().orElseThrow());
        editor.replaceUses(value, own, this::isOwn);
        return new WholeWeight(name, own, transposed, Optional.empty());
    }

    private boolean isOwn(Value.Use use) {
        List<String> outputs = use.node().outputs().stream()
                .map(output -> output == null ? "" : output.name())
                .toList();
        return outputs.equals(reader.orElseThrow());
    }

    /** Lets those that read the initializer read another value. */
    void replaceBy(GraphEditor editor, Value replacement) {
        editor.replaceUses(value, replacement, use -> reader.isEmpty() || isOwn(use));
    }
}
