package dev.graft.training.graph;

import dev.graft.compiler.attach.SiteLocator;
import dev.graft.compiler.attach.WeightChain;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A weight or bias that is trained as a whole.
 *
 * @param name the module's path and the parameter
 * @param value the initializer
 * @param transposed whether it is stored as the transpose of what PyTorch has
 * @param readers the uses whose parameter it is, where others keep the stored tensor or have their own; empty for all uses
 */
record WholeWeight(String name, Value value, boolean transposed, List<Reader> readers) {
    WholeWeight {
        readers = List.copyOf(readers);
    }

    /** A node of the main graph and which of its inputs the weight is, behind what transposes or copies it. */
    record Reader(NodeIndex node, int input) {}

    boolean isBias() {
        return name.endsWith(".bias");
    }

    /** What is stored. */
    Tensor stored() {
        return value.initializer().orElseThrow().tensor(value.name());
    }

    /** The same with one more reader. */
    WholeWeight withReader(Reader reader) {
        return new WholeWeight(
                name,
                value,
                transposed,
                Stream.concat(readers.stream(), Stream.of(reader)).toList());
    }

    /** The same with an initializer that nobody else reads: what else is done to the graph may change the node that reads it. */
    WholeWeight alone(GraphEditor editor) {
        if (readers.isEmpty() || readers.size() == 1 && isOnlyReader(locate(editor, readers.get(0)))) {
            return new WholeWeight(name, value, transposed, List.of());
        }
        Value own =
                editor.addInitializer(value.graph(), name, value.initializer().orElseThrow());
        replaceBy(editor, own);
        return new WholeWeight(name, own, transposed, List.of());
    }

    private boolean isOnlyReader(Node reader) {
        Value at = value;
        while (at.uses().size() == 1) {
            Node user = at.uses().get(0).node();
            if (user == reader) {
                return true;
            }
            at = user.output(0);
        }
        return false;
    }

    /** Lets those that read the initializer read another value. */
    void replaceBy(GraphEditor editor, Value replacement) {
        if (readers.isEmpty()) {
            editor.replaceUses(value, replacement, use -> true);
        }
        for (Reader reader : readers) {
            Node node = locate(editor, reader);
            Value input = Objects.requireNonNull(node.input(reader.input()), node.displayName());
            WeightChain.of(input).rebuild(editor, node, reader.input(), replacement, name);
        }
    }

    private static Node locate(GraphEditor editor, Reader reader) {
        return new SiteLocator(editor.model()).locate(List.of(), reader.node());
    }
}
