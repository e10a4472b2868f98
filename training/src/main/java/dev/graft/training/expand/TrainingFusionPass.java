package dev.graft.training.expand;

import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.training.types.GraphTypes;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Puts together what exporters take apart, where the whole has a gradient of fewer passes over the data than its parts: a training
 * graph keeps the parts' results for the backward pass, so ONNX Runtime's own fusions cannot.
 */
public final class TrainingFusionPass implements ModelPass {
    private static final List<FusionRule> RULES =
            List.of(new RootMeanSquareFusion(), new SiluFusion(), new RotaryFusion());

    /** What the rules do, one sentence each. */
    public static List<String> descriptions() {
        return RULES.stream().map(FusionRule::description).toList();
    }

    @Override
    public PassResult call(OnnxModel model) {
        GraphEditor editor = new GraphEditor(model);
        AtomicReference<GraphTypes> types = new AtomicReference<>();
        Pattern pattern =
                new Pattern(editor, () -> types.updateAndGet(known -> known == null ? GraphTypes.of(model) : known));
        boolean modified = false;
        for (Node node : model.graph().nodes()) {
            modified |= RULES.stream().anyMatch(rule -> rule.canEndWith(node) && rule.apply(pattern, node));
        }
        if (modified) {
            editor.removeUnused(model.graph());
        }
        return new PassResult(model, modified);
    }
}
