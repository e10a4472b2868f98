package dev.graft.compiler.resolve;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.ValueIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph as it runs: the model's own, a subgraph, or a function entered by one of its calls. Names are looked up here, then in the
 * graph around; the name of a function's input is the caller's argument.
 */
final class Scope {
    private final List<String> path;
    private final @Nullable Scope outer;
    private final @Nullable Call call;
    private final List<NodeIndex> nodes;
    private final Map<String, TensorIndex> initializers;
    private final Map<String, ValueIndex> valueInfos;
    private final Map<String, NodeIndex> producers = new HashMap<>();
    private final Set<String> inputs;
    private final List<String> outputs;

    /**
     * How a function was entered.
     *
     * @param caller the graph of the calling node
     * @param node the calling node
     * @param parameters the names of the function's inputs
     */
    record Call(Scope caller, NodeIndex node, List<String> parameters) {}

    /** A value, known by the graph that makes it and its name there. */
    record Value(Scope scope, String name) {}

    Scope(
            List<String> path,
            @Nullable Scope outer,
            @Nullable Call call,
            List<NodeIndex> nodes,
            Map<String, TensorIndex> initializers,
            Map<String, ValueIndex> valueInfos,
            List<String> inputs,
            List<String> outputs) {
        this.path = List.copyOf(path);
        this.outer = outer;
        this.call = call;
        this.nodes = nodes;
        this.initializers = initializers;
        this.valueInfos = valueInfos;
        this.inputs = new HashSet<>(inputs);
        this.outputs = outputs;
        for (NodeIndex node : nodes) {
            node.outputs().forEach(output -> producers.put(output, node));
        }
    }

    /** Where this graph is: empty for the main graph, else node names and attributes from outside in. */
    List<String> path() {
        return path;
    }

    @Nullable
    Call call() {
        return call;
    }

    List<NodeIndex> nodes() {
        return nodes;
    }

    Map<String, TensorIndex> initializers() {
        return initializers;
    }

    List<String> outputs() {
        return outputs;
    }

    /** The value that a name means here, if anything makes it. */
    Optional<Value> value(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.call != null && scope.call.parameters().contains(name)) {
                int index = scope.call.parameters().indexOf(name);
                return scope.call.caller().value(scope.call.node().input(index));
            }
            if (scope.makes(name)) {
                return Optional.of(new Value(scope, name));
            }
        }
        return Optional.empty();
    }

    /** The node that makes a value of this graph, if a node does. */
    Optional<NodeIndex> producer(String name) {
        return Optional.ofNullable(producers.get(name));
    }

    /** The tensor that a value of this graph is: an initializer or the value of a Constant node. */
    Optional<TensorIndex> stored(String name) {
        TensorIndex initializer = initializers.get(name);
        if (initializer != null) {
            return Optional.of(initializer);
        }
        NodeIndex node = producers.get(name);
        if (node == null || !node.domain().isEmpty() || !node.opType().equals("Constant")) {
            return Optional.empty();
        }
        return node.attributes().get("value") instanceof AttributeIndex.TensorValue value
                ? Optional.of(value.tensor())
                : Optional.empty();
    }

    /** What the file says of a value of this graph. */
    Optional<ValueIndex> info(String name) {
        return Optional.ofNullable(valueInfos.get(name));
    }

    /** The path of something inside this graph. */
    List<String> pathTo(String... steps) {
        List<String> inner = new ArrayList<>(path);
        inner.addAll(List.of(steps));
        return inner;
    }

    private boolean makes(String name) {
        return initializers.containsKey(name) || producers.containsKey(name) || inputs.contains(name);
    }
}
