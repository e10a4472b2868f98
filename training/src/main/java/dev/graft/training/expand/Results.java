package dev.graft.training.expand;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphCopy;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that a node made and that the copy of a graph makes in its place. */
record Results(GraphEditor editor, GraphCopy copy, Node node, Map<Value, Value> aliases) {
    /** Takes the outputs from a node, so that the copy's nodes can make them. */
    static Results of(GraphEditor editor, GraphCopy copy, Node node, Graph source) {
        Map<Value, Value> aliases = new LinkedHashMap<>();
        List<Value> made = source.outputs();
        for (int i = 0; i < node.outputs().size() && i < made.size(); i++) {
            @Nullable Value output = node.outputs().get(i);
            if (output == null) {
                continue;
            }
            editor.divertOutput(node, i, output.name() + "/replaced");
            boolean fromNode =
                    made.get(i).graph() == source && made.get(i).producer().isPresent();
            if (fromNode && !copy.isMapped(made.get(i))) {
                copy.map(made.get(i), output);
            } else {
                aliases.put(output, made.get(i));
            }
        }
        return new Results(editor, copy, node, aliases);
    }

    /** Writes the outputs that are no node's, or two at once, and removes the node. */
    void finish() {
        aliases.forEach((output, source) ->
                editor.before(node).nodeFor(output, "Identity", "", List.of(copy.of(source)), List.of()));
        editor.remove(node);
    }
}
