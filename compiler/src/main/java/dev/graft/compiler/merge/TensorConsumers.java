package dev.graft.compiler.merge;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.FunctionIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorStorage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who uses a stored tensor: the nodes that read it, directly or through nodes that only pass it on (Identity, Transpose, Cast,
 * Reshape and the like), in the main graph, in subgraphs, in function bodies, and as another tensor over the same bytes.
 */
final class TensorConsumers {
    private static final Set<String> PASSING_ON =
            Set.of("Identity", "Transpose", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten");

    private final Map<ByteRegion, Value> byTensor = new LinkedHashMap<>();
    private final Map<ByteRegion, Map<Integer, Value>> byNodeInput = new HashMap<>();
    private final Map<ByteRegion, TensorIndex> tensors = new LinkedHashMap<>();

    private TensorConsumers() {}

    /** A named value of a graph; each is itself and equal to no other. */
    static final class Value {
        private final String name;
        private final @Nullable TensorIndex tensor;
        private final @Nullable NodeIndex producer;
        private final List<Use> uses = new ArrayList<>();

        private Value(String name, @Nullable TensorIndex tensor, @Nullable NodeIndex producer) {
            this.name = name;
            this.tensor = tensor;
            this.producer = producer;
        }

        String name() {
            return name;
        }

        /** The stored tensor that it is: an initializer, or the value of a Constant node. */
        @Nullable
        TensorIndex tensor() {
            return tensor;
        }

        /** The node that makes it; null for an initializer or a graph input. */
        @Nullable
        NodeIndex producer() {
            return producer;
        }

        List<Use> uses() {
            return uses;
        }
    }

    /**
     * One use of a value.
     *
     * @param node the node that reads it, or null where it is an output of its graph
     * @param input which input of the node
     * @param outputs what the node makes of it
     */
    record Use(@Nullable NodeIndex node, int input, List<Value> outputs) {
        boolean passesOn() {
            return node != null && input == 0 && node.domain().isEmpty() && PASSING_ON.contains(node.opType());
        }

        String displayName() {
            return node == null ? "the graph's outputs" : node.displayName();
        }
    }

    private record Scope(Map<String, Value> own, @Nullable Scope outer) {
        Scope(@Nullable Scope outer) {
            this(new HashMap<>(), outer);
        }

        void define(Value value) {
            own.put(value.name(), value);
        }

        @Nullable
        Value find(String name) {
            for (Scope scope = this; scope != null; scope = scope.outer) {
                Value value = scope.own.get(name);
                if (value != null) {
                    return value;
                }
            }
            return null;
        }
    }

    static TensorConsumers of(ModelIndex model) {
        TensorConsumers consumers = new TensorConsumers();
        consumers.addGraph(model.graph(), null);
        for (FunctionIndex function : model.functions()) {
            Scope scope = new Scope(null);
            function.inputs().forEach(name -> scope.define(new Value(name, null, null)));
            consumers.addNodes(function.nodes(), scope);
        }
        return consumers;
    }

    /** The value that a stored tensor is. */
    @Nullable
    Value valueOf(TensorIndex tensor) {
        return byTensor.get(tensor.proto());
    }

    /** The value that a node reads as an input. */
    @Nullable
    Value inputOf(NodeIndex node, int input) {
        return byNodeInput.getOrDefault(node.proto(), Map.of()).get(input);
    }

    /** The last uses of a tensor, behind everything that only passes it on, and of every tensor that shares bytes with it. */
    List<Use> lastUsesOf(TensorIndex tensor) {
        List<Use> uses = new ArrayList<>();
        for (TensorIndex each : sharingBytesWith(tensor)) {
            Value value = valueOf(each);
            if (value != null) {
                uses.addAll(lastUsesOf(value));
            }
        }
        return uses;
    }

    /** The last uses of a value. */
    static List<Use> lastUsesOf(Value value) {
        List<Use> last = new ArrayList<>();
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        Set<Value> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (seen.add(next)) {
                next.uses().stream().filter(use -> !use.passesOn()).forEach(last::add);
                next.uses().stream().filter(Use::passesOn).forEach(use -> open.addAll(use.outputs()));
            }
        }
        return last;
    }

    /** The tensor itself and all others whose bytes overlap its own. */
    List<TensorIndex> sharingBytesWith(TensorIndex tensor) {
        List<TensorIndex> sharing = new ArrayList<>(List.of(tensor));
        if (tensor.storage() instanceof TensorStorage.External external) {
            for (TensorIndex other : tensors.values()) {
                if (!other.proto().equals(tensor.proto())
                        && other.storage() instanceof TensorStorage.External theirs
                        && external.region().overlaps(theirs.region())) {
                    sharing.add(other);
                }
            }
        }
        return sharing;
    }

    private void addGraph(GraphIndex graph, @Nullable Scope outer) {
        Scope scope = new Scope(outer);
        graph.inputs().forEach(input -> scope.define(new Value(input.name(), null, null)));
        graph.initializers().values().forEach(tensor -> scope.define(addTensor(tensor.name(), tensor, null)));
        addNodes(graph.nodes(), scope);
        graph.outputs().forEach(output -> {
            Value value = scope.find(output.name());
            if (value != null) {
                value.uses().add(new Use(null, 0, List.of()));
            }
        });
    }

    /** In two rounds, because nodes may stand in any order. */
    private void addNodes(List<NodeIndex> nodes, Scope scope) {
        Map<NodeIndex, List<Value>> outputs = new IdentityHashMap<>();
        for (NodeIndex node : nodes) {
            List<Value> made =
                    node.outputs().stream().map(name -> output(name, node)).toList();
            made.forEach(scope::define);
            outputs.put(node, made);
        }
        for (NodeIndex node : nodes) {
            addUses(node, outputs.getOrDefault(node, List.of()), scope);
            for (AttributeIndex attribute : node.attributes().values()) {
                if (attribute instanceof AttributeIndex.GraphValue graphs) {
                    graphs.graphs().forEach(graph -> addGraph(graph, scope));
                }
            }
        }
    }

    private Value output(String name, NodeIndex node) {
        return node.opType().equals("Constant")
                        && node.attributes().get("value") instanceof AttributeIndex.TensorValue constant
                ? addTensor(name, constant.tensor(), node)
                : new Value(name, null, node);
    }

    private void addUses(NodeIndex node, List<Value> outputs, Scope scope) {
        for (int input = 0; input < node.inputs().size(); input++) {
            Value value = scope.find(node.inputs().get(input));
            if (value != null) {
                value.uses().add(new Use(node, input, outputs));
                byNodeInput
                        .computeIfAbsent(node.proto(), region -> new HashMap<>())
                        .put(input, value);
            }
        }
    }

    private Value addTensor(String name, TensorIndex tensor, @Nullable NodeIndex producer) {
        Value value = new Value(name, tensor, producer);
        byTensor.put(tensor.proto(), value);
        tensors.put(tensor.proto(), tensor);
        return value;
    }
}
