package dev.graft.testkit;

import dev.graft.compiler.resolve.Site;
import dev.graft.compiler.resolve.SiteFinder;
import dev.graft.compiler.scan.AttributeIndex;
import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.compiler.scan.ValueIndex;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.runtime.inputs.InputHints;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the graph says of its inputs.
 *
 * <ul>
 *   <li>Integers that choose rows of a table are below its length; token ids are also below the width of the logits.
 *   <li>A cache that GroupQueryAttention reads is as wide as its heads: the width of the product behind it over their number.
 * </ul>
 */
public final class GraphHints {
    private static final Set<String> SAME_VALUES = Set.of(
            "Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Transpose", "Slice", "Concat");
    private static final Set<String> SAME_SHAPE =
            Set.of("Identity", "Cast", "DequantizeLinear", "Add", "RotaryEmbedding");
    private static final int LONGEST_CHAIN = 8;
    private static final int PAST_KEY = 3;

    private final ModelIndex model;
    private final GraphIndex graph;
    private final Map<String, NodeIndex> producers = new HashMap<>();

    private GraphHints(ModelIndex model) {
        this.model = model;
        this.graph = model.graph();
        graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
    }

    /** The hints of a model. */
    public static InputHints of(ModelIndex model) {
        GraphHints finder = new GraphHints(model);
        InputHints hints = InputHints.NONE;
        for (Map.Entry<String, Long> bound : finder.bounds().entrySet()) {
            hints = bound.getValue() > 0 ? hints.withBound(bound.getKey(), bound.getValue()) : hints;
        }
        for (Map.Entry<String, Long> dim : finder.headSizes().entrySet()) {
            hints = hints.withDim(dim.getKey(), dim.getValue());
        }
        return hints;
    }

    private Map<String, Long> bounds() {
        Map<String, Set<String>> origins = origins();
        Map<String, Long> bounds = new HashMap<>();
        for (NodeIndex node : graph.nodes()) {
            if (node.opType().startsWith("Gather")) {
                long axis = node.intAttribute("axis").orElse(0);
                tableLength(node.input(0), axis, 0)
                        .ifPresent(rows -> origins.getOrDefault(node.input(1), Set.of())
                                .forEach(input -> bounds.merge(input, rows, Math::min)));
            }
        }
        logitsWidth()
                .ifPresent(width -> graph.inputs().stream()
                        .filter(input -> input.name().endsWith("input_ids"))
                        .forEach(input -> bounds.merge(input.name(), width, Math::min)));
        return bounds;
    }

    /** How long a stored tensor is along an axis, also behind a Transpose and the like. */
    private OptionalLong tableLength(String value, long axis, int depth) {
        TensorIndex stored = graph.initializers().get(value);
        if (stored != null) {
            return axis >= 0 && axis < stored.shape().rank()
                    ? OptionalLong.of(stored.shape().dim((int) axis))
                    : OptionalLong.empty();
        }
        NodeIndex node = producers.get(value);
        if (node == null || depth > LONGEST_CHAIN) {
            return OptionalLong.empty();
        }
        if (SAME_SHAPE.contains(node.opType())) {
            return tableLength(node.input(0), axis, depth + 1);
        }
        return node.opType().equals("Transpose")
                        && node.attributes().get("perm") instanceof AttributeIndex.IntsValue perm
                        && axis >= 0
                        && axis < perm.values().size()
                ? tableLength(node.input(0), perm.values().get((int) axis), depth + 1)
                : OptionalLong.empty();
    }

    /** The width of the logits of a language model: of an output of that name with three dimensions. */
    private OptionalLong logitsWidth() {
        for (ValueIndex output : graph.outputs()) {
            List<Dim> dims = output.dims().orElse(List.of());
            if (output.name().contains("logits") && dims.size() == 3 && dims.get(2) instanceof Dim.Fixed width) {
                return OptionalLong.of(width.length());
            }
        }
        return OptionalLong.empty();
    }

    /** For each value, the graph inputs whose elements it holds. */
    private Map<String, Set<String>> origins() {
        Map<String, Set<String>> origins = new HashMap<>();
        graph.inputs().forEach(input -> origins.put(input.name(), Set.of(input.name())));
        for (NodeIndex node : graph.nodes()) {
            if (SAME_VALUES.contains(node.opType()) && !node.outputs().isEmpty()) {
                Set<String> inputs = new HashSet<>(origins.getOrDefault(node.input(0), Set.of()));
                if (node.opType().equals("Concat")) {
                    node.inputs().forEach(input -> inputs.addAll(origins.getOrDefault(input, Set.of())));
                }
                origins.put(node.outputs().get(0), inputs);
            }
        }
        return origins;
    }

    /** By symbol, the width of the caches whose last dimension is one. */
    private Map<String, Long> headSizes() {
        Map<String, Long> sizes = new HashMap<>();
        for (NodeIndex node : graph.nodes()) {
            if (node.opType().equals("GroupQueryAttention")) {
                String symbol = lastSymbol(node.input(PAST_KEY));
                long heads = node.intAttribute("num_heads").orElse(0);
                long keys = node.intAttribute("kv_num_heads").orElse(0);
                boolean packed = node.input(1).isEmpty();
                long parts = packed ? heads + 2 * keys : heads;
                if (!symbol.isEmpty() && heads > 0 && keys > 0 && !sizes.containsKey(symbol)) {
                    productWidth(node.input(0)).ifPresent(width -> sizes.put(symbol, width / parts));
                }
            }
        }
        return sizes;
    }

    private String lastSymbol(String input) {
        return graph.inputs().stream()
                .filter(value -> value.name().equals(input)
                        && !value.dims().orElse(List.of()).isEmpty())
                .map(value -> value.dims().orElseThrow())
                .map(dims -> dims.get(dims.size() - 1) instanceof Dim.Symbolic last ? last.symbol() : "")
                .findFirst()
                .orElse("");
    }

    /** How many outputs the matrix product has that a value comes from. */
    private OptionalLong productWidth(String value) {
        String at = value;
        for (int step = 0; step < LONGEST_CHAIN; step++) {
            NodeIndex node = producers.get(at);
            if (node == null) {
                return OptionalLong.empty();
            }
            if (!SAME_SHAPE.contains(node.opType())) {
                return siteOutputs(node);
            }
            at = producers.containsKey(node.input(0)) ? node.input(0) : node.input(1);
        }
        return OptionalLong.empty();
    }

    private OptionalLong siteOutputs(NodeIndex node) {
        return SiteFinder.sites(model).stream()
                .filter(site -> site.node().proto().equals(node.proto()))
                .map(Site::weight)
                .mapToLong(weight -> weight.outputs())
                .findFirst();
    }
}
