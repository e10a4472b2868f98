package dev.graft.cli.bench;

import dev.graft.adapter.LowRankChange;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.ModelWriter;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.resolve.SiteKind;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The side branch as PyTorch's exporter writes it, for comparison: {@code y + scaling · ((x · A) · B)} with four nodes a target,
 * MatMul, MatMul, Mul and Add.
 */
final class NaiveInsertion {
    private NaiveInsertion() {}

    /**
     * Writes the model.
     *
     * @return how many targets have a branch: those that are plain matrix products of the main graph
     */
    static int write(Resolution resolution, Path output) {
        OnnxModel model = ModelReader.read(resolution.model().file());
        GraphEditor editor = new GraphEditor(model);
        int inserted = 0;
        for (Binding binding : resolution.bindings()) {
            boolean plain = binding.site().kind() == SiteKind.MATMUL
                    && binding.site().graph().isEmpty();
            if (plain && binding.change() instanceof LowRankChange change && !change.isDora()) {
                insert(editor, producer(model, binding), change, binding.weight());
                inserted++;
            }
        }
        ModelWriter.write(model, output);
        return inserted;
    }

    private static void insert(GraphEditor editor, Node node, LowRankChange change, double weight) {
        Value input = Objects.requireNonNull(node.input(0), "a product without a left side");
        Value sum = node.output(0);
        Value product = editor.divertOutput(node, 0, sum.name() + "_base");
        GraphBuilder g = editor.after(node).named(change.module() + "/naive");
        Value a = g.initializer(change.module() + ".naive_A", change.a().transposed());
        Value b = g.initializer(change.module() + ".naive_B", change.b().transposed());
        Value scaling = g.scalar(change.a().dtype(), change.scaling() * weight);
        Value branch = g.mul(g.matMul(g.matMul(input, a), b), scaling);
        g.nodeFor(sum, "Add", "", java.util.List.of(product, branch), java.util.List.of());
    }

    private static Node producer(OnnxModel model, Binding binding) {
        String output = binding.site().node().outputs().get(0);
        return model.graph()
                .find(output)
                .flatMap(Value::producer)
                .orElseThrow(() -> new GraftException(
                        ErrorCode.INTERNAL,
                        "the node of " + binding.module() + " is gone",
                        Location.ofNode(binding.site().node().proto().file(), output),
                        ""));
    }
}
