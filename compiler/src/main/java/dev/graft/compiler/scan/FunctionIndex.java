package dev.graft.compiler.scan;

import java.util.List;

/**
 * A model-local function.
 *
 * @param domain its domain
 * @param name its name, the operator of the nodes that call it
 * @param overload its overload, usually empty
 * @param inputs names of its inputs
 * @param outputs names of its outputs
 * @param nodes its body
 */
public record FunctionIndex(
        String domain, String name, String overload, List<String> inputs, List<String> outputs, List<NodeIndex> nodes) {
    public FunctionIndex {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        nodes = List.copyOf(nodes);
    }
}
