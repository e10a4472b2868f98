package dev.graft.training.expand;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import java.util.List;

/** Puts a value in the place of a node's output. */
final class Replacement {
    private Replacement() {}

    /** Lets all readers of an output read another value, which is defined before the node; a graph's output keeps its name. */
    static void replace(GraphEditor editor, Node node, int index, Value by) {
        Value old = node.output(index);
        editor.replaceUses(old, by, use -> true);
        if (old.isGraphOutput()) {
            editor.divertOutput(node, index, old.name() + "/replaced");
            editor.before(node).named(node.displayName()).nodeFor(old, "Identity", "", List.of(by), List.of());
        }
    }

    /** The same for a node with one output, which is removed. */
    static void replace(GraphEditor editor, Node node, Value by) {
        replace(editor, node, 0, by);
        editor.remove(node);
    }
}
