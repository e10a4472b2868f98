package dev.graft.training.data;

import dev.graft.compiler.scan.GraphIndex;
import dev.graft.compiler.scan.NodeIndex;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lengths that a graph's weights tell: how many rows the tables have that inputs are looked up in, and how wide a value is. */
final class StoredLengths {
    /** Enough for what exporters put between an input and its table, or a last product and the output. */
    private static final int FARTHEST = 8;

    /** What leaves a weight its rows. */
    private static final Set<String> CONVERTING = Set.of("Cast", "Identity", "DequantizeLinear");

    /** What leaves the numbers of rows what they are. */
    private static final Set<String> MOVING = Set.of("Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Flatten");

    private final GraphIndex graph;
    private final Map<String, NodeIndex> producers = new HashMap<>();

    StoredLengths(GraphIndex graph) {
        this.graph = graph;
        graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
    }

    /** By input, how many rows the smallest table has that its elements are numbers of rows of. */
    Map<String, Long> tables() {
        Map<String, Long> lengths = new HashMap<>();
        for (NodeIndex node : graph.nodes()) {
            switch (node.opType()) {
                case "Gather", "GatherBlockQuantized" -> {
                    // along another axis the numbers are not those of rows
                    if (node.intAttribute(node.opType().equals("Gather") ? "axis" : "gather_axis")
                                    .orElse(0)
                            == 0) {
                        note(lengths, node.input(1), node.input(0));
                    }
                }
                case "EmbedLayerNormalization" -> {
                    note(lengths, node.input(0), node.input(2));
                    note(lengths, node.input(1), node.input(4));
                }
                default -> {}
            }
        }
        return lengths;
    }

    private void note(Map<String, Long> lengths, String numbers, String table) {
        Shape shape = stored(table);
        if (shape != null && shape.rank() > 0) {
            lengths.merge(source(numbers, MOVING), shape.dim(0), Math::min);
        }
    }

    /** How many positions the shortest table of cosines has that rotations look them up in. */
    OptionalLong rotations() {
        return graph.nodes().stream()
                .flatMap(node -> Stream.ofNullable(stored(cosines(node))))
                .filter(shape -> shape.rank() == 2)
                .mapToLong(shape -> shape.dim(0))
                .min();
    }

    private static String cosines(NodeIndex node) {
        return switch (node.opType()) {
            case "GroupQueryAttention" -> node.input(7);
            case "RotaryEmbedding" -> node.input(node.domain().isEmpty() ? 1 : 2);
            default -> "";
        };
    }

    /** The shape of a weight, quantised or not; null where the value is computed. */
    private @Nullable Shape stored(String name) {
        TensorIndex tensor = graph.initializers().get(source(name, CONVERTING));
        return tensor == null ? null : tensor.shape();
    }

    /** What a value comes from through operators of these kinds alone. */
    private String source(String name, Set<String> operators) {
        String source = name;
        for (int i = 0; i < FARTHEST; i++) {
            NodeIndex node = producers.get(source);
            if (node == null || !operators.contains(node.opType())) {
                break;
            }
            source = node.input(0);
        }
        return source;
    }

    /** The last dimension of a value, by the weight that it was multiplied with. */
    OptionalLong width(String value) {
        NodeIndex node = producers.get(source(value, CONVERTING));
        for (int i = 0; node != null && i < FARTHEST && node.opType().equals("Add"); i++) {
            boolean biasFirst = stored(node.input(0)) != null;
            node = producers.get(source(node.input(biasFirst ? 1 : 0), CONVERTING));
        }
        return node == null ? OptionalLong.empty() : widthOfProduct(node);
    }

    private OptionalLong widthOfProduct(NodeIndex node) {
        if (node.opType().equals("MatMulNBits")) {
            return node.intAttribute("N");
        }
        if (!List.of("MatMul", "Gemm").contains(node.opType())) {
            return OptionalLong.empty();
        }
        String weight = source(node.input(1), CONVERTING);
        NodeIndex producer = producers.get(weight);
        boolean turned = producer != null && producer.opType().equals("Transpose");
        Shape shape = stored(producer != null && turned ? producer.input(0) : weight);
        if (shape == null || shape.rank() != 2) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(shape.dim(turned != (node.intAttribute("transB").orElse(0) == 1) ? 0 : 1));
    }
}
