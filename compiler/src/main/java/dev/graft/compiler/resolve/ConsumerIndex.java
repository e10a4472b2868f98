package dev.graft.compiler.resolve;

import dev.graft.compiler.resolve.ModelScopes.Use;
import dev.graft.compiler.resolve.Scope.Value;
import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.ByteRegion;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.TensorStorage;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the bytes of a stored tensor: nodes of any graph, subgraph and function, directly or through Identity, Transpose, Cast,
 * Reshape and their like, graph outputs, and all of these through another tensor over the same bytes of a data file.
 */
public final class ConsumerIndex {
    private final ModelScopes scopes;
    private final Map<Path, List<TensorIndex>> externalTensors = new HashMap<>();

    private ConsumerIndex(ModelScopes scopes) {
        this.scopes = scopes;
    }

    /**
     * The index of a model.
     *
     * @throws dev.graft.error.GraftException {@code ONNX_UNSUPPORTED} if functions unfold without end
     */
    public static ConsumerIndex of(ModelIndex model) {
        ConsumerIndex index = new ConsumerIndex(ModelScopes.of(model));
        Map<ByteRegion, TensorIndex> tensors = new LinkedHashMap<>();
        for (Scope scope : index.scopes.all()) {
            scope.initializers().values().forEach(tensor -> tensors.put(tensor.proto(), tensor));
            for (NodeIndex node : scope.nodes()) {
                for (AttributeIndex attribute : node.attributes().values()) {
                    if (attribute instanceof AttributeIndex.TensorValue value) {
                        tensors.put(value.tensor().proto(), value.tensor());
                    }
                }
            }
        }
        for (TensorIndex tensor : tensors.values()) {
            if (tensor.storage() instanceof TensorStorage.External external) {
                index.externalTensors
                        .computeIfAbsent(external.region().file(), any -> new ArrayList<>())
                        .add(tensor);
            }
        }
        return index;
    }

    /** Every consumer of a tensor of this model, in file order; none for a tensor that nothing reads. */
    public List<Consumer> consumersOf(TensorIndex tensor) {
        Map<Object, Consumer> found = new LinkedHashMap<>();
        for (TensorIndex alias : overSameBytes(tensor)) {
            scopes.valuesOf(alias).forEach(value -> collect(value, alias, found));
        }
        return List.copyOf(found.values());
    }

    private List<TensorIndex> overSameBytes(TensorIndex tensor) {
        List<TensorIndex> aliases = new ArrayList<>(List.of(tensor));
        if (tensor.storage() instanceof TensorStorage.External external) {
            for (TensorIndex other :
                    externalTensors.getOrDefault(external.region().file(), List.of())) {
                boolean overlaps = other.runs().stream().anyMatch(run -> run.overlaps(external.region()));
                if (overlaps && !other.proto().equals(tensor.proto())) {
                    aliases.add(other);
                }
            }
        }
        return aliases;
    }

    private void collect(Value start, TensorIndex tensor, Map<Object, Consumer> found) {
        Deque<Value> open = new ArrayDeque<>(List.of(start));
        Set<Value> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            Value value = open.remove();
            @Nullable String output = scopes.outputOf(value);
            if (output != null) {
                found.put(value, new Consumer(value.scope().path(), Optional.empty(), 0, tensor, output));
            }
            for (Use use : scopes.usesOf(value)) {
                if (use.input() == 0 && StoredValue.passesThrough(use.node())) {
                    Value passed = new Value(use.scope(), use.node().outputs().get(0));
                    if (seen.add(passed)) {
                        open.add(passed);
                    }
                } else {
                    found.put(List.of(use.scope(), use.node().proto(), use.input()), consumer(use, tensor));
                }
            }
        }
    }

    private static Consumer consumer(Use use, TensorIndex tensor) {
        NodeIndex node = use.node();
        String place = use.scope().path().isEmpty()
                ? ""
                : " in " + String.join(" / ", use.scope().path());
        String description = node.opType() + " '" + node.displayName() + "' (input " + use.input() + ")" + place;
        return new Consumer(use.scope().path(), Optional.of(node), use.input(), tensor, description);
    }
}
