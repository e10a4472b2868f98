package dev.graft.attach;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a model runnable whose GroupQueryAttention has a head size that ONNX Runtime's CPU kernel refuses (it takes multiples of 16): in
 * its place stands q + [k, k] + [v, v], which shows a difference in any of the three as well.
 */
final class AttentionStandIn {
    private AttentionStandIn() {}

    /** Writes such a model beside the given one. */
    static Path write(Path model, int queryWidth, int keyWidth) {
        OnnxModel copy = ModelReader.read(model);
        GraphEditor editor = new GraphEditor(copy);
        Graph graph = copy.graph();
        for (Value output : graph.outputs()) {
            if (output.name().startsWith("present")) {
                editor.removeGraphOutput(output);
            }
        }
        graph.nodes().stream()
                .filter(node -> node.is(GraphBuilder.MICROSOFT, "GroupQueryAttention"))
                .forEach(node -> replace(editor, node, queryWidth, keyWidth));
        Path file = model.resolveSibling("stand-in-" + model.getFileName());
        ModelWriter.write(copy, file);
        return file;
    }

    private static void replace(GraphEditor editor, Node node, int queryWidth, int keyWidth) {
        GraphBuilder g = editor.before(node);
        List<Value> parts = node.input(1) == null
                ? g.split(node.input(0), -1, queryWidth, keyWidth, keyWidth)
                : List.of(node.input(0), node.input(1), node.input(2));
        Value keys = g.concat(-1, List.of(parts.get(1), parts.get(1)));
        Value values = g.concat(-1, List.of(parts.get(2), parts.get(2)));
        Value sum = g.add(g.add(parts.get(0), keys), values);
        editor.replaceUses(node.output(0), sum, use -> true);
        editor.remove(node);
    }
}
