package dev.graft.compiler.verify;

import dev.graft.compiler.attach.SiteLocator;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelComparison;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.merge.ExpectedTensor;
import dev.graft.error.GraftException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes back the copies that a merge gave to targets whose weights others use too: what is left must be the base's graph. Only copies that such a merge makes are
 * taken back, for the nodes that it makes them for; whatever else is there stays, and is found.
 */
final class Resharing {
    private final SiteLocator inBase;
    private final SiteLocator inMerged;
    private final GraphEditor editor;

    Resharing(OnnxModel base, OnnxModel merged) {
        this.inBase = new SiteLocator(base);
        this.inMerged = new SiteLocator(merged);
        this.editor = new GraphEditor(merged);
    }

    /** Gives the readers of a copy what they read in the base. */
    void undo(ExpectedTensor unshared) {
        for (ExpectedTensor.Reader reader : unshared.readers()) {
            Optional<Node> node = locate(reader);
            Value original = inBase.locate(reader.graph(), reader.node()).input(reader.input());
            Value copy = node.map(found -> found.input(reader.input())).orElse(null);
            if (original != null && copy != null && isCopy(copy, original, unshared.name())) {
                node.flatMap(found -> found.graph().find(original.name())).ifPresent(shared -> {
                    editor.replaceInput(node.orElseThrow(), reader.input(), shared);
                    removeUnread(copy);
                });
            }
        }
    }

    private Optional<Node> locate(ExpectedTensor.Reader reader) {
        try {
            return Optional.of(inMerged.locate(reader.graph(), reader.node()));
        } catch (GraftException e) {
            return Optional.empty(); // it is missing, which comparing the graphs will say
        }
    }

    /** Whether a value is the unshared tensor, or what the base's own steps make of it. */
    private static boolean isCopy(@Nullable Value copy, Value original, String name) {
        Value is = copy;
        Value was = original;
        while (is != null && is.producer().isPresent() && was.producer().isPresent() && is != was) {
            Value next = was.producer().get().input(0);
            if (next == null || !isCopy(is.producer().get(), was.producer().get())) {
                return false;
            }
            is = is.producer().get().input(0);
            was = next;
        }
        return is != null && is.name().equals(name) && is.constant().isPresent();
    }

    private static boolean isCopy(Node step, Node original) {
        boolean same = ModelComparison.isSameOperation(step, original)
                && step.inputs().size() == original.inputs().size();
        for (int i = 1; i < step.inputs().size(); i++) {
            same &= nameOf(step.input(i)).equals(nameOf(original.input(i)));
        }
        return same && step.outputs().size() == 1;
    }

    private static String nameOf(@Nullable Value value) {
        return value == null ? "" : value.name();
    }

    private void removeUnread(Value copy) {
        Value value = copy;
        while (value != null && value.uses().isEmpty()) {
            Value next = value.producer().isPresent() ? value.producer().get().input(0) : null;
            editor.removeIfUnused(value);
            value = next;
        }
    }
}
