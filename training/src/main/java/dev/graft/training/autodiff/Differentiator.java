package dev.graft.training.autodiff;

import dev.graft.compiler.ir.Graph;
import dev.graft.compiler.ir.GraphBuilder;
import dev.graft.compiler.ir.GraphEditor;
import dev.graft.compiler.ir.Node;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.training.types.GraphTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Applies a table of rules backwards through a model's main graph. */
public final class Differentiator {

    private static final int NODES_NAMED = 6;

    private final GradientTable table;
    private final OnnxModel model;
    private final GraphTypes types;
    private final GraphEditor editor;
    private final Lengths lengths;
    private final Map<Value, List<Value>> contributions = new HashMap<>();

    /** A differentiator of a model whose types are known. */
    public Differentiator(GradientTable table, OnnxModel model, GraphTypes types) {
        this.table = table;
        this.model = model;
        this.types = types;
        this.editor = new GraphEditor(model);
        this.lengths = new Lengths(model.graph(), types);
    }

    /**
     * Writes the nodes that compute gradients behind all others.
     *
     * @param seeds the gradient of the loss by values of the graph, of their shape
     * @param trained the values whose gradients are wanted
     * @return the gradient of each of them, of its shape; none for a value that the seeds do not depend on
     * @throws GraftException {@code GRADIENT_UNSUPPORTED} if an operator between them has no rule
     */
    public Map<Value, Value> differentiate(Map<Value, Value> seeds, Collection<Value> trained) {
        Graph graph = model.graph();
        Dependence dependence = Dependence.of(graph, table, types, trained);
        seeds.forEach(this::contribute);
        List<Node> nodes = graph.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            boolean reached = node.outputs().stream().anyMatch(contributions::containsKey);
            if (reached && dependence.reads(node)) {
                differentiate(node, dependence);
            }
        }
        Map<Value, Value> gradients = new LinkedHashMap<>();
        for (Value value : trained) {
            Value gradient = gradientOf(value);
            if (gradient != null) {
                gradients.put(value, gradient);
            }
        }
        return gradients;
    }

    private void differentiate(Node node, Dependence dependence) {
        GradientTable.Entry entry = table.entry(node).orElseThrow(() -> missing(node, dependence));
        if (entry.kind() == GradientTable.Kind.STOP) {
            return;
        }
        requireVersion(entry, node);
        List<@Nullable Value> gradients = new ArrayList<>();
        for (Value output : node.outputs()) {
            gradients.add(output == null ? null : gradientOf(output));
        }
        NodeGradient g = new NodeGradient(editor, builder(node), node, types, lengths, gradients, dependence::has);
        entry.rule().differentiate(g);
        g.given().forEach((index, gradient) -> {
            Value whole = entry.kind() == GradientTable.Kind.BROADCAST
                    ? g.summedTo(gradient, g.in(index), g.inputsBut(index), 0)
                    : gradient;
            contribute(g.in(index), whole);
        });
    }

    private GraphBuilder builder(Node node) {
        return editor.atEnd(model.graph())
                .named("gradient/" + node.displayName())
                .source("gradient of " + node.displayName());
    }

    private void contribute(Value value, Value gradient) {
        contributions.computeIfAbsent(value, any -> new ArrayList<>()).add(gradient);
    }

    /** The sum of what has come together; once it is read, nothing more comes. */
    private @Nullable Value gradientOf(Value value) {
        List<Value> parts = contributions.get(value);
        if (parts == null) {
            return null;
        }
        if (parts.size() > 1) {
            GraphBuilder g = editor.atEnd(model.graph())
                    .named("gradient/" + value.name())
                    .source("gradient of " + value.name());
            Value sum =
                    parts.size() == 2 ? g.add(parts.get(0), parts.get(1)) : g.node("Sum", parts.toArray(Value[]::new));
            parts.clear();
            parts.add(sum);
        }
        return parts.get(0);
    }

    private void requireVersion(GradientTable.Entry entry, Node node) {
        long version = model.opset(entry.domain()).orElse(1);
        if (version < entry.since()) {
            throw new GraftException(
                    ErrorCode.GRADIENT_UNSUPPORTED,
                    "the gradient of " + entry.name() + " is known from operator set " + entry.since()
                            + " on, the model has " + version,
                    Location.ofNode(model.file().orElse(null), node.displayName()),
                    "Export the model with a newer operator set, 17 or above.");
        }
    }

    private GraftException missing(Node node, Dependence dependence) {
        List<Node> way = dependence.wayTo(node);
        String from = way.stream()
                .skip(Math.max(0, way.size() - NODES_NAMED))
                .map(Node::displayName)
                .collect(Collectors.joining(" -> "));
        String operator = node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
        return new GraftException(
                ErrorCode.GRADIENT_UNSUPPORTED,
                "no gradient rule for " + operator + ", which lies between what is trained and the loss: "
                        + (way.size() > NODES_NAMED ? "... -> " : "") + from,
                Location.ofNode(model.file().orElse(null), node.displayName()),
                "Choose targets behind this node, or export the model without it.");
    }
}
