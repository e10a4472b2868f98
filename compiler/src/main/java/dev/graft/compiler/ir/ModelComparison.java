package dev.graft.compiler.ir;

import dev.graft.compiler.scan.ValueIndex.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds a model against what it should be, in everything that decides what it computes: operator sets, functions, inputs, outputs, nodes with their
 * attributes, and stored tensors. How tensors are stored, the order of nodes, descriptions and metadata do not count.
 */
public final class ModelComparison {
    /**
     * A difference.
     *
     * @param subject the value, node or tensor it is about
     * @param sentence what is different, for people
     */
    public record Difference(String subject, String sentence) {}

    private record Stored(String name, TensorData expected, TensorData actual) {}

    private final List<Difference> graph = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();

    private ModelComparison() {}

    /** Compares two models; the contents of their tensors are left to {@link #contents}. */
    public static ModelComparison of(OnnxModel expected, OnnxModel actual) {
        ModelComparison comparison = new ModelComparison();
        comparison.pair("operator set", expected.opsets(), actual.opsets(), (name, one, other) -> {
            if (!one.equals(other)) {
                comparison.add(name, "operator set '" + name + "' has version " + other + " instead of " + one);
            }
        });
        comparison.compareGraphs("", expected.graph(), actual.graph());
        comparison.pair(
                "function",
                byKey(expected.functions(), ModelComparison::key),
                byKey(actual.functions(), ModelComparison::key),
                comparison::compareFunctions);
        return comparison;
    }

    /** Whether two nodes are of one operator and have the same attributes. */
    public static boolean isSameOperation(Node one, Node other) {
        ModelComparison comparison = new ModelComparison();
        comparison.compareAttributes("", "", one.attributes(), other.attributes());
        boolean same = one.opType().equals(other.opType()) && one.domain().equals(other.domain());
        return same && comparison.graph.isEmpty() && comparison.contents().isEmpty();
    }

    /** What differs besides the contents of tensors that both have. */
    public List<Difference> graph() {
        return List.copyOf(graph);
    }

    /** The tensors of both whose contents differ; reads all of both. */
    public List<Difference> contents() {
        List<Difference> different = new ArrayList<>();
        for (Stored each : stored) {
            TensorComparison.difference(each.name, each.expected, each.actual)
                    .ifPresent(what -> different.add(new Difference(each.name, what)));
        }
        return different;
    }

    private void compareFunctions(
            String name, dev.graft.compiler.ir.Function expected, dev.graft.compiler.ir.Function actual) {
        if (!expected.opsets().equals(actual.opsets())) {
            add(name, "the function " + name + " imports other operator sets");
        }
        compareAttributes(name, "the defaults of " + name, expected.defaults(), actual.defaults());
        compareGraphs(name + "/", expected.body(), actual.body());
    }

    private void compareGraphs(String path, Graph expected, Graph actual) {
        compareNames(path + "inputs", expected.inputs(), actual.inputs());
        compareNames(path + "outputs", expected.outputs(), actual.outputs());
        pair(
                "input",
                byKey(expected.inputs(), value -> path + value.name()),
                byKey(actual.inputs(), value -> path + value.name()),
                this::compareTypes);
        pair(
                "stored tensor",
                byKey(expected.initializers(), value -> path + value.name()),
                byKey(actual.initializers(), value -> path + value.name()),
                (name, one, other) -> compareStored(
                        name,
                        one.initializer().orElseThrow(),
                        other.initializer().orElseThrow()));
        if (hasSparse(expected) || hasSparse(actual)) {
            // they are carried along as they are in the file, together with what else it says of the graph
            require(Objects.equals(expected.rest, actual.rest), path, "the sparse tensors of " + path + " differ");
        }
        pair(
                "node",
                byKey(expected.nodes(), node -> path + key(node)),
                byKey(actual.nodes(), node -> path + key(node)),
                this::compareNodes);
    }

    private static boolean hasSparse(Graph graph) {
        return graph.values().stream().anyMatch(value -> value.sparse);
    }

    private void compareNames(String what, List<Value> expected, List<Value> actual) {
        List<String> wanted = expected.stream().map(Value::name).toList();
        List<String> got = actual.stream().map(Value::name).toList();
        boolean sameMembers = wanted.size() == got.size() && wanted.containsAll(got);
        if (sameMembers || what.endsWith("outputs")) {
            require(wanted.equals(got), what, "its " + what + " are " + got + " instead of " + wanted);
        }
    }

    private void compareTypes(String name, Value expected, Value actual) {
        Optional<ValueType> wanted = expected.type().map(ModelComparison::nameless);
        Optional<ValueType> got = actual.type().map(ModelComparison::nameless);
        require(wanted.equals(got), name, "the input '" + name + "' is " + got + " instead of " + wanted);
    }

    /** What a dimension of any length is called is a matter of taste. */
    private static ValueType nameless(ValueType type) {
        return new ValueType(
                type.dtype(),
                type.dims()
                        .map(dims -> dims.stream()
                                .map(dim -> dim instanceof Dim.Symbolic ? new Dim.Symbolic("") : dim)
                                .toList()));
    }

    private void compareNodes(String name, Node expected, Node actual) {
        List<@Nullable String> wanted = names(expected.inputs());
        List<@Nullable String> got = names(actual.inputs());
        require(wanted.equals(got), name, "the node " + name + " reads " + got + " instead of " + wanted);
        compareAttributes(name, "the node " + name, expected.attributes(), actual.attributes());
    }

    private void compareAttributes(
            String subject, String owner, Iterable<Attribute> expected, Iterable<Attribute> actual) {
        pair(
                "attribute",
                byKey(expected, attribute -> subject + "." + attribute.name()),
                byKey(actual, attribute -> subject + "." + attribute.name()),
                (name, one, other) -> compareAttribute(name, owner, one, other));
    }

    private void compareAttribute(String path, String owner, Attribute expected, Attribute actual) {
        if (expected.value() instanceof Attribute.TensorValue one
                && actual.value() instanceof Attribute.TensorValue other) {
            compareStored(path, one.tensor(), other.tensor());
        } else if (expected.value() instanceof Attribute.TensorsValue one
                && actual.value() instanceof Attribute.TensorsValue other
                && one.tensors().size() == other.tensors().size()) {
            for (int i = 0; i < one.tensors().size(); i++) {
                compareStored(path + i, one.tensors().get(i), other.tensors().get(i));
            }
        } else if (expected.value() instanceof Attribute.GraphsValue
                && actual.value() instanceof Attribute.GraphsValue
                && expected.graphs().size() == actual.graphs().size()) {
            for (int i = 0; i < expected.graphs().size(); i++) {
                compareGraphs(
                        path + i + "/",
                        expected.graphs().get(i),
                        actual.graphs().get(i));
            }
        } else {
            boolean same = expected.value().equals(actual.value())
                    && (!(expected.value() instanceof Attribute.Opaque)
                            || Objects.equals(expected.rest(), actual.rest()));
            require(same, path, owner + " has another value of " + expected.name());
        }
    }

    private void compareStored(String name, TensorData expected, TensorData actual) {
        if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
            add(
                    name,
                    "the stored tensor '" + name + "' is " + actual.dtype() + " " + actual.shape() + " instead of "
                            + expected.dtype() + " " + expected.shape());
        } else {
            stored.add(new Stored(name, expected, actual));
        }
    }

    private interface Pair<T> {
        void compare(String name, T expected, T actual);
    }

    private <T> void pair(String what, Map<String, T> expected, Map<String, T> actual, Pair<T> pair) {
        expected.forEach((name, wanted) -> {
            T got = actual.get(name);
            if (got == null) {
                add(name, "the " + what + " '" + name + "' is missing");
            } else {
                pair.compare(name, wanted, got);
            }
        });
        actual.keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> add(name, "the " + what + " '" + name + "' is not expected"));
    }

    private void require(boolean holds, String subject, String sentence) {
        if (!holds) {
            add(subject, sentence);
        }
    }

    private void add(String subject, String sentence) {
        graph.add(new Difference(subject, sentence));
    }

    /** A node is what makes its outputs: names of nodes are often missing, and mean nothing. */
    private static String key(Node node) {
        String domain = node.domain().isEmpty() || node.domain().equals("ai.onnx") ? "" : node.domain() + ".";
        String overload = node.overload().isEmpty() ? "" : ":" + node.overload();
        return domain + node.opType() + overload + " to " + names(node.outputs());
    }

    private static String key(dev.graft.compiler.ir.Function function) {
        return function.domain() + "." + function.name() + ":" + function.overload();
    }

    private static List<@Nullable String> names(List<@Nullable Value> values) {
        List<@Nullable String> names = new ArrayList<>();
        values.forEach(value -> names.add(value == null ? null : value.name()));
        return names;
    }

    private static <T> Map<String, T> byKey(Iterable<T> all, Function<T, String> key) {
        Map<String, T> found = new LinkedHashMap<>();
        for (T one : all) {
            String name = key.apply(one);
            for (int number = 2; found.containsKey(name); number++) {
                name = key.apply(one) + "#" + number;
            }
            found.put(name, one);
        }
        return found;
    }
}
