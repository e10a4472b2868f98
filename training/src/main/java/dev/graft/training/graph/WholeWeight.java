package dev.graft.training.graph;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Value;
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
    /** What is stored. */
    Tensor stored() {
        return value.initializer().orElseThrow().tensor(value.name());
    }

    /** Lets those that read the initializer read another value. */
    void replaceBy(GraphEditor editor, Value replacement) {
        editor.replaceUses(
                value,
                replacement,
                use -> reader.isEmpty()
                        || use.node().outputs().stream()
                                .map(output -> output == null ? "" : output.name())
                                .toList()
                                .equals(reader.get()));
    }
}
