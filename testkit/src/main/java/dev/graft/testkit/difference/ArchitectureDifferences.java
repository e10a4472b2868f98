package dev.graft.testkit.difference;

import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.FunctionIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.ValueIndex;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the graphs of two models differ, in words: operator sets, inputs and outputs, nodes with their attributes, and the names, types and shapes of weights. The
 * values of weights, documentation and metadata do not count.
 */
public final class ArchitectureDifferences {
    private static final int MOST = 20;

    private final List<String> found = new ArrayList<>();

    private ArchitectureDifferences() {}

    /** The differences, in the order of the file, at most twenty; none means the same architecture. */
    public static List<String> between(ModelIndex expected, ModelIndex actual) {
        ArchitectureDifferences differences = new ArchitectureDifferences();
        differences.compare("operator sets", expected.opsets(), actual.opsets());
        differences.compareGraphs("", expected.graph(), actual.graph());
        differences.compareFunctions(expected.functions(), actual.functions());
        return List.copyOf(differences.found);
    }

    private void compareGraphs(String place, GraphIndex expected, GraphIndex actual) {
        compareValues(place + "input", expected.inputs(), actual.inputs());
        compareValues(place + "output", expected.outputs(), actual.outputs());
        compareNodes(place, expected.nodes(), actual.nodes());
        compareInitializers(place, expected.initializers(), actual.initializers());
    }

    private void compareValues(String kind, List<ValueIndex> expected, List<ValueIndex> actual) {
        compare(
                kind + "s",
                expected.stream().map(ValueIndex::name).toList(),
                actual.stream().map(ValueIndex::name).toList());
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            ValueIndex wanted = expected.get(i);
            ValueIndex got = actual.get(i);
            if (wanted.name().equals(got.name())) {
                compare("type of " + kind + " '" + wanted.name() + "'", wanted.dtype(), got.dtype());
                compare("dimensions of " + kind + " '" + wanted.name() + "'", wanted.dims(), got.dims());
            }
        }
    }

    private void compareNodes(String place, List<NodeIndex> expected, List<NodeIndex> actual) {
        compare(place + "number of nodes", expected.size(), actual.size());
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            NodeIndex wanted = expected.get(i);
            NodeIndex got = actual.get(i);
            if (!describe(wanted).equals(describe(got))) {
                // the nodes behind an added or removed one are all shifted: one difference says it
                compare(place + "node " + i, describe(wanted), describe(got));
                return;
            }
            compareAttributes(place + "node '" + wanted.displayName() + "'", wanted, got);
        }
    }

    private void compareAttributes(String place, NodeIndex expected, NodeIndex actual) {
        Set<String> names = new LinkedHashSet<>(expected.attributes().keySet());
        names.addAll(actual.attributes().keySet());
        for (String name : names) {
            AttributeIndex wanted = expected.attributes().get(name);
            AttributeIndex got = actual.attributes().get(name);
            if (wanted instanceof AttributeIndex.TensorValue first
                    && got instanceof AttributeIndex.TensorValue second) {
                compare(place + ", " + name, describe(first.tensor()), describe(second.tensor()));
            } else if (wanted instanceof AttributeIndex.GraphValue first
                    && got instanceof AttributeIndex.GraphValue second
                    && first.graphs().size() == second.graphs().size()) {
                for (int i = 0; i < first.graphs().size(); i++) {
                    compareGraphs(
                            place + ", " + name + ": ",
                            first.graphs().get(i),
                            second.graphs().get(i));
                }
            } else {
                compare(place + ", " + name, wanted, got);
            }
        }
    }

    private void compareInitializers(String place, Map<String, TensorIndex> expected, Map<String, TensorIndex> actual) {
        Set<String> names = new LinkedHashSet<>(expected.keySet());
        names.addAll(actual.keySet());
        for (String name : names) {
            TensorIndex wanted = expected.get(name);
            TensorIndex got = actual.get(name);
            compare(
                    place + "weight '" + name + "'",
                    wanted == null ? "none" : describe(wanted),
                    got == null ? "none" : describe(got));
        }
    }

    private void compareFunctions(List<FunctionIndex> expected, List<FunctionIndex> actual) {
        compare(
                "functions",
                expected.stream().map(FunctionIndex::name).toList(),
                actual.stream().map(FunctionIndex::name).toList());
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            compareNodes(
                    "function " + expected.get(i).name() + ": ",
                    expected.get(i).nodes(),
                    actual.get(i).nodes());
        }
    }

    private void compare(String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual) && found.size() < MOST) {
            found.add(what + ": expected " + expected + ", got " + actual);
        }
    }

    private static String describe(NodeIndex node) {
        String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
        return domain + node.opType() + node.inputs() + " to " + node.outputs();
    }

    private static String describe(TensorIndex tensor) {
        return tensor.dtype().displayName() + " " + tensor.shape();
    }
}
