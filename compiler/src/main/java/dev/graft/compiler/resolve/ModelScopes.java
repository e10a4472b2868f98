package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.FunctionIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.ValueIndex;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every graph of a model, subgraphs and function calls unfolded, and who reads which value. */
final class ModelScopes {
    /** Functions that call functions can unfold without end in practice; no exporter comes near this. */
    private static final int MAX_SCOPES = 20_000;

    private static final int MAX_DEPTH = 200;

    /** Nodes inside functions, once per call. */
    private static final long MAX_CALLED_NODES = 200_000;

    private final ModelIndex model;
    private final Map<String, List<FunctionIndex>> functions = new HashMap<>();
    private final List<Scope> scopes = new ArrayList<>();
    private final Map<Value, List<Use>> uses = new LinkedHashMap<>();
    private final Map<Value, String> outputs = new LinkedHashMap<>();
    private final Map<ByteRegion, List<Value>> definitions = new HashMap<>();
    private long calledNodes;
    private final Set<NodeIndex> calls = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * A reading of a value.
     *
     * @param scope the graph of the node
     * @param node the reading node
     * @param input which of its inputs
     */
    record Use(Scope scope, NodeIndex node, int input) {}

    private ModelScopes(ModelIndex model) {
        this.model = model;
    }

    static ModelScopes of(ModelIndex model) {
        ModelScopes scopes = new ModelScopes(model);
        model.functions()
                .forEach(function -> scopes.functions
                        .computeIfAbsent(key(function.domain(), function.name()), any -> new ArrayList<>())
                        .add(function));
        scopes.addGraph(model.graph(), null, List.of());
        scopes.scopes.forEach(scopes::indexValues);
        return scopes;
    }

    ModelIndex model() {
        return model;
    }

    List<Scope> all() {
        return scopes;
    }

    /** The readings of a value, in file order. */
    List<Use> usesOf(Value value) {
        return uses.getOrDefault(value, List.of());
    }

    /** In words which output a value is, or null where it is none. */
    @Nullable
    String outputOf(Value value) {
        return outputs.get(value);
    }

    /** The values that a stored tensor is; several where a function that holds it is called several times. */
    List<Value> valuesOf(TensorIndex tensor) {
        return definitions.getOrDefault(tensor.proto(), List.of());
    }

    /** Whether a node calls a function of the model. */
    boolean isCall(NodeIndex node) {
        return calls.contains(node);
    }

    private void addGraph(GraphIndex graph, @Nullable Scope outer, List<String> path) {
        add(new Scope(
                path,
                outer,
                null,
                graph.nodes(),
                graph.initializers(),
                graph.valueInfos(),
                graph.inputs().stream().map(ValueIndex::name).toList(),
                graph.outputs().stream().map(ValueIndex::name).toList()));
    }

    private void add(Scope scope) {
        scopes.add(scope);
        calledNodes += scope.call() == null ? 0 : scope.nodes().size();
        if (scopes.size() > MAX_SCOPES || scope.path().size() > MAX_DEPTH || calledNodes > MAX_CALLED_NODES) {
            throw new GraftException(
                    ErrorCode.ONNX_UNSUPPORTED,
                    "the model's functions unfold to more than " + MAX_SCOPES + " calls, or more than " + MAX_DEPTH
                            + " deep",
                    Location.ofFile(model.file()),
                    "Inline the functions with the exporter or with onnx.inliner.");
        }
        for (NodeIndex node : scope.nodes()) {
            node.attributes().forEach((name, attribute) -> {
                if (attribute instanceof AttributeIndex.GraphValue value) {
                    value.graphs().forEach(graph -> addGraph(graph, scope, scope.pathTo(node.displayName(), name)));
                }
            });
            for (FunctionIndex function : functions.getOrDefault(key(node.domain(), node.opType()), List.of())) {
                calls.add(node);
                add(called(scope, node, function));
            }
        }
    }

    private static Scope called(Scope caller, NodeIndex node, FunctionIndex function) {
        return new Scope(
                caller.pathTo(node.displayName(), function.name()),
                null,
                new Scope.Call(caller, node, function.inputs()),
                function.nodes(),
                Map.of(),
                Map.of(),
                List.of(),
                function.outputs());
    }

    private void indexValues(Scope scope) {
        scope.initializers().forEach((name, tensor) -> define(tensor, new Value(scope, name)));
        for (NodeIndex node : scope.nodes()) {
            if (!node.outputs().isEmpty()) {
                scope.stored(node.outputs().get(0))
                        .ifPresent(tensor ->
                                define(tensor, new Value(scope, node.outputs().get(0))));
            }
            // the readings of a call's arguments are those inside the function
            for (int input = 0; input < node.inputs().size() && !isCall(node); input++) {
                Use use = new Use(scope, node, input);
                scope.value(node.input(input))
                        .ifPresent(value -> uses.computeIfAbsent(value, any -> new ArrayList<>())
                                .add(use));
            }
        }
        String of = scope.path().isEmpty() ? "graph" : String.join(" / ", scope.path());
        for (String output : scope.outputs()) {
            scope.value(output).ifPresent(value -> outputs.put(value, "output '" + output + "' of " + of));
        }
    }

    private void define(TensorIndex tensor, Value value) {
        definitions.computeIfAbsent(tensor.proto(), any -> new ArrayList<>()).add(value);
    }

    private static String key(String domain, String name) {
        return domain + "\n" + name;
    }
}
