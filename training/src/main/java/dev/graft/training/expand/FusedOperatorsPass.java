package dev.graft.training.expand;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.ModelPass;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.PassResult;
import dev.graft.training.types.GraphTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Writes fused operators out in those that have a gradient rule. What a table's entry cannot write out exactly stays, and is refused
 * by the differentiator if the gradient has to pass it.
 */
public final class FusedOperatorsPass implements ModelPass {
    private static final Map<String, Expansion> ONNX = Map.of("Attention", OnnxAttention::expand);

    private static final Map<String, Expansion> MICROSOFT = Map.ofEntries(
            Map.entry("Attention", PackedAttention::expand),
            Map.entry("MultiHeadAttention", MultiHeadAttention::expand),
            Map.entry("GroupQueryAttention", GroupQueryAttention::expand),
            Map.entry("SkipLayerNormalization", SkipNormalizations::layer),
            Map.entry("SkipSimplifiedLayerNormalization", SkipNormalizations::rootMeanSquare),
            Map.entry("EmbedLayerNormalization", EmbedNormalization::expand),
            Map.entry("BiasGelu", Activations::biasGelu),
            Map.entry("FastGelu", Activations::fastGelu),
            Map.entry("BiasAdd", Activations::biasAdd),
            Map.entry("BiasSplitGelu", Activations::biasSplitGelu),
            Map.entry("FusedGemm", Activations::fusedGemm),
            Map.entry("FusedConv", Activations::fusedConv),
            Map.entry("MatMulNBits", QuantizedProduct::expand));

    /** Whether there is an entry for a node's operator; where it is kept, see the entry. */
    static boolean has(Node node) {
        return expansion(node).isPresent();
    }

    @Override
    public PassResult call(OnnxModel model) {
        List<Node> fused = model.graphs().stream()
                .flatMap(graph -> graph.nodes().stream())
                .filter(FusedOperatorsPass::has)
                .toList();
        if (fused.isEmpty()) {
            return new PassResult(model, false);
        }
        GraphEditor editor = new GraphEditor(model);
        Supplier<GraphTypes> types = onceAsked(model);
        SharedMasks masks = new SharedMasks();
        boolean modified = false;
        for (Node node : fused) {
            NodeExpansion expansion = new NodeExpansion(editor, node, types, masks);
            if (expansion(node).orElseThrow().expand(expansion) && expansion.isComplete()) {
                expansion.replace();
                modified = true;
            }
        }
        for (Graph graph : model.graphs()) {
            modified |= editor.removeUnused(graph) > 0;
        }
        return new PassResult(model, modified);
    }

    /** Types cost a session, and a model of operators without a CPU kernel has none; many expansions need no types. */
    private static Supplier<GraphTypes> onceAsked(OnnxModel model) {
        AtomicReference<GraphTypes> types = new AtomicReference<>();
        return () -> types.updateAndGet(known -> known == null ? GraphTypes.of(model) : known);
    }

    private static Optional<Expansion> expansion(Node node) {
        if (node.domain().equals(GraphBuilder.MICROSOFT)) {
            return Optional.ofNullable(MICROSOFT.get(node.opType()));
        }
        boolean onnx = node.domain().isEmpty() || node.domain().equals("ai.onnx");
        return onnx ? Optional.ofNullable(ONNX.get(node.opType())) : Optional.empty();
    }
}
