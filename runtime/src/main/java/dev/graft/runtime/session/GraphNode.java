package dev.graft.runtime.session;

import java.util.List;

/**
 * One operation of a model's main graph.
 *
 * @param operator its type, such as {@code Concat}
 * @param inputs names of values; empty where an optional one is left out
 * @param outputs names of values
 */
public record GraphNode(String operator, List<String> inputs, List<String> outputs) {
    public GraphNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
