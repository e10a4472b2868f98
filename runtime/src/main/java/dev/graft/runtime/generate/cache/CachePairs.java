package dev.graft.runtime.generate.cache;

import dev.graft.runtime.session.Dimension;
import dev.graft.runtime.session.GraphNode;
import dev.graft.runtime.session.ValueDescription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which output continues which input. */
final class CachePairs {
    private static final String GROUP_QUERY = "GroupQueryAttention";
    /** Operators that hand a cache on as it is, or joined with new tokens. */
    private static final Set<String> JOINING = Set.of("Concat", "Identity", "Cast");

    private static final Map<Integer, Integer> IN_PLACE = Map.of(3, 1, 4, 2);
    /** Fused operators: at which input a cache comes in, and at which output it goes on. */
    private static final Map<String, Map<Integer, Integer>> FUSED = Map.of(
            GROUP_QUERY,
            Map.of(3, 1, 4, 2),
            "MultiHeadAttention",
            Map.of(6, 1, 7, 2),
            "DecoderMaskedMultiHeadAttention",
            Map.of(5, 1, 6, 2),
            "Attention",
            Map.of(4, 1, 5, 2));

    private static final int MOST_STEPS = 64;

    private final List<ValueDescription> outputs;
    private final List<GraphNode> nodes;

    CachePairs(List<ValueDescription> outputs, List<GraphNode> nodes) {
        this.outputs = outputs;
        this.nodes = nodes;
    }

    /** The output that continues an input: of the name that exporters give it, or else the one that the graph joins it into. */
    Optional<ValueDescription> continuationOf(ValueDescription input) {
        Optional<ValueDescription> named = outputs.stream()
                .filter(output -> namesFor(input.name()).contains(output.name()) && fits(input, output))
                .findFirst();
        return named.or(() -> {
            List<ValueDescription> joined = joinedInto(input);
            return joined.size() == 1 ? Optional.of(joined.get(0)) : Optional.empty();
        });
    }

    /** Whether each of the pairs is written in place by a GroupQueryAttention. */
    boolean areShareable(List<CachePart> parts) {
        Set<List<String>> inPlace = new HashSet<>();
        for (GraphNode node : nodes) {
            if (node.operator().equals(GROUP_QUERY)) {
                IN_PLACE.forEach((in, out) -> inPlace.add(List.of(at(node.inputs(), in), at(node.outputs(), out))));
            }
        }
        return parts.stream()
                .allMatch(part -> inPlace.contains(List.of(part.input().name(), part.output())));
    }

    private static List<String> namesFor(String input) {
        return List.of(
                input.replaceFirst("past_key_values", "present"),
                input.replaceFirst("past_key_values", "present_key_values"),
                input.replaceFirst("past", "present"));
    }

    private List<ValueDescription> joinedInto(ValueDescription input) {
        Set<String> reached = new HashSet<>(Set.of(input.name()));
        Deque<String> next = new ArrayDeque<>(reached);
        List<ValueDescription> found = new ArrayList<>();
        while (!next.isEmpty() && reached.size() <= MOST_STEPS) {
            String value = next.remove();
            outputs.stream()
                    .filter(output -> output.name().equals(value) && fits(input, output))
                    .forEach(found::add);
            for (GraphNode node : nodes) {
                handedOn(node, value).stream().filter(reached::add).forEach(next::add);
            }
        }
        return found;
    }

    private static List<String> handedOn(GraphNode node, String value) {
        if (JOINING.contains(node.operator())) {
            return node.inputs().contains(value) ? node.outputs() : List.of();
        }
        List<String> names = new ArrayList<>();
        FUSED.getOrDefault(node.operator(), Map.of()).forEach((in, out) -> {
            if (at(node.inputs(), in).equals(value) && !at(node.outputs(), out).isEmpty()) {
                names.add(at(node.outputs(), out));
            }
        });
        return names;
    }

    private static String at(List<String> names, int index) {
        return index < names.size() ? names.get(index) : "";
    }

    /** Same type and rank, and no two numbers that contradict each other. */
    private static boolean fits(ValueDescription input, ValueDescription output) {
        boolean fits = input.dtype() == output.dtype() && input.rank() == output.rank();
        for (int axis = 0; fits && axis < input.rank(); axis++) {
            fits = !(input.dims().get(axis) instanceof Dimension.Fixed one)
                    || !(output.dims().get(axis) instanceof Dimension.Fixed other)
                    || one.length() == other.length();
        }
        return fits;
    }
}
