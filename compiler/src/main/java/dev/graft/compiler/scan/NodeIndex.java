package dev.graft.compiler.scan;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A node of a graph.
 *
 * @param name its name, often empty
 * @param domain its operator set's domain; empty for ONNX's own
 * @param opType its operator
 * @param inputs names of its inputs in order, an empty name for one left out
 * @param outputs names of its outputs in order
 * @param attributes its attributes by name
 * @param metadata its metadata_props
 * @param proto the NodeProto message in the model file
 */
public record NodeIndex(
        String name,
        String domain,
        String opType,
        List<String> inputs,
        List<String> outputs,
        Map<String, AttributeIndex> attributes,
        Map<String, String> metadata,
        ByteRegion proto) {
    public NodeIndex {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Input {@code index}, or an empty name where it was left out. */
    public String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    /** An integer attribute, if the node has it. */
    public OptionalLong intAttribute(String attribute) {
        return attributes.get(attribute) instanceof AttributeIndex.IntValue value
                ? OptionalLong.of(value.value())
                : OptionalLong.empty();
    }

    /** How people recognise the node: its name, or its operator and first output. */
    public String displayName() {
        return name.isEmpty() ? opType + "(" + (outputs.isEmpty() ? "" : outputs.get(0)) + ")" : name;
    }
}
