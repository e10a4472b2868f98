package dev.graft.compiler.scan;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of functions: each is defined once, and none calls itself, directly or through others. */
final class FunctionRules {
    private final ScanContext context;
    private final Map<Key, Set<Key>> calls = new LinkedHashMap<>();

    private FunctionRules(ScanContext context) {
        this.context = context;
    }

    static void check(ModelIndex model, ScanContext context) {
        FunctionRules rules = new FunctionRules(context);
        for (FunctionIndex function : model.functions()) {
            Key key = new Key(function.domain(), function.name(), function.overload());
            if (rules.calls.put(key, new LinkedHashSet<>()) != null) {
                throw malformed(model, "function " + key + " is defined twice", key);
            }
        }
        for (FunctionIndex function : model.functions()) {
            Key key = new Key(function.domain(), function.name(), function.overload());
            rules.collect(function.nodes(), rules.calls.getOrDefault(key, Set.of()));
        }
        rules.refuseCycles(model);
    }

    private void collect(List<NodeIndex> nodes, Set<Key> called) {
        for (NodeIndex node : nodes) {
            Key key = new Key(node.domain(), node.opType(), context.overloads.getOrDefault(node, ""));
            if (calls.containsKey(key)) {
                called.add(key);
            }
            for (AttributeIndex attribute : node.attributes().values()) {
                if (attribute instanceof AttributeIndex.GraphValue value) {
                    value.graphs().forEach(graph -> collect(graph.nodes(), called));
                }
            }
        }
    }

    /** Takes away functions that call nothing (left) until none is left: what stays is in a cycle or calls one. */
    private void refuseCycles(ModelIndex model) {
        Map<Key, Integer> open = new HashMap<>();
        Map<Key, Set<Key>> callers = new HashMap<>();
        Deque<Key> leaves = new ArrayDeque<>();
        calls.forEach((key, called) -> {
            open.put(key, called.size());
            called.forEach(callee -> callers.computeIfAbsent(callee, any -> new LinkedHashSet<>())
                    .add(key));
            if (called.isEmpty()) {
                leaves.add(key);
            }
        });
        while (!leaves.isEmpty()) {
            Key leaf = leaves.remove();
            open.remove(leaf);
            for (Key caller : callers.getOrDefault(leaf, Set.of())) {
                if (open.merge(caller, -1, Integer::sum) == 0) {
                    leaves.add(caller);
                }
            }
        }
        for (Key key : calls.keySet()) {
            if (open.containsKey(key)) {
                throw malformed(model, "function " + key + " calls itself, directly or through others", key);
            }
        }
    }

    private static GraftException malformed(ModelIndex model, String problem, Key key) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED,
                "not a valid ONNX model: " + problem,
                Location.ofNode(model.file(), key.toString()),
                "Export the model again; ONNX does not allow this.");
    }

    private record Key(String domain, String name, String overload) {
        @Override
        public String toString() {
            return (domain.isEmpty() ? "" : domain + "::") + name + (overload.isEmpty() ? "" : ":" + overload);
        }
    }
}
