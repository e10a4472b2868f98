package dev.graft.compiler.scan;

import java.util.List;
import java.util.Map;

/**
 * A graph: the model's own, or the body of an If, Loop or Scan.
 *
 * @param name its name
 * @param nodes its nodes in file order
 * @param initializers its initializers by name, in file order
 * @param inputs its inputs
 * @param outputs its outputs
 * @param valueInfos what the file says of other values, by name
 */
public record GraphIndex(
        String name,
        List<NodeIndex> nodes,
        Map<String, TensorIndex> initializers,
        List<ValueIndex> inputs,
        List<ValueIndex> outputs,
        Map<String, ValueIndex> valueInfos) {
    public GraphIndex {
        nodes = List.copyOf(nodes);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
