package dev.graft.training.expand;

import dev.graft.compiler.ir.Attribute;
import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphCopy;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Replaces If with the branch that is taken, where the condition is constant; other branches and loops stay. */
public final class ConstantIfPass implements ModelPass {
    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        boolean modified = false;
        Deque<Graph> open = new ArrayDeque<>(List.of(model.graph()));
        while (!open.isEmpty()) {
            Graph graph = open.remove();
            Deque<Node> nodes = new ArrayDeque<>(graph.nodes());
            while (!nodes.isEmpty()) {
                Node node = nodes.remove();
                Optional<Graph> taken = takenBranch(node);
                if (taken.isPresent()) {
                    nodes.addAll(replace(editor, node, taken.get()));
                    modified = true;
                } else {
                    open.addAll(node.subgraphs());
                }
            }
        }
        if (modified) {
            editor.removeUnused(model.graph());
        }
        return new PassResult(model, modified);
    }

    private static Optional<Graph> takenBranch(Node node) {
        if (!node.is("If") || node.input(0) == null) {
            return Optional.empty();
        }
        return SmallConstants.ofInputs()
                .truth(node.input(0))
                .flatMap(condition -> node.attribute(condition ? "then_branch" : "else_branch"))
                .map(Attribute::graphs)
                .filter(graphs -> graphs.size() == 1)
                .map(graphs -> graphs.get(0));
    }

    private static List<Node> replace(GraphEditor editor, Node node, Graph branch) {
        GraphCopy copy = GraphCopy.ofBranch(editor, node.displayName() + "/");
        Results results = Results.of(editor, copy, node, branch);
        List<Node> copies = copy.copyBefore(node, branch);
        results.finish();
        return copies;
    }
}
