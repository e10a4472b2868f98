package dev.graft.compiler.scan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a NodeProto. */
final class NodeReader implements FieldVisitor {
    private final ScanContext context;
    private final WireReader reader;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, AttributeIndex> attributes = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private String name = "";
    private String domain = "";
    private String opType = "";
    private String overload = "";

    private NodeReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    static NodeIndex read(ScanContext context, int wire) {
        context.reader.budget().charge(400, context.reader);
        NodeReader node = new NodeReader(context);
        ByteRegion proto = context.reader.readMessage(wire, node);
        return node.index(proto);
    }

    /** ONNX's own domain has two spellings. */
    static String canonicalDomain(String domain) {
        return domain.equals("ai.onnx") ? "" : domain;
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> inputs.add(reader.readString(wire));
            case 2 -> outputs.add(reader.readString(wire));
            case 3 -> name = reader.readString(wire);
            case 4 -> opType = reader.readString(wire);
            case 5 -> readAttribute(wire);
            case 7 -> domain = reader.readString(wire);
            case 8 -> overload = reader.readString(wire);
            case 9 -> context.readEntry(wire, metadata);
            default -> reader.skip(wire);
        }
    }

    private void readAttribute(int wire) {
        AttributeReader attribute = new AttributeReader(context);
        reader.readMessage(wire, attribute);
        if (attribute.name().isEmpty()) {
            throw reader.malformed("an attribute without a name");
        }
        if (attributes.put(attribute.name(), attribute.index()) != null) {
            throw reader.malformed("a node has two attributes named '" + attribute.name() + "'");
        }
    }

    private NodeIndex index(ByteRegion proto) {
        if (opType.isEmpty()) {
            throw reader.malformed("a node without an operator");
        }
        NodeIndex node = new NodeIndex(
                name,
                canonicalDomain(domain),
                opType,
                inputs,
                outputs,
                Collections.unmodifiableMap(attributes),
                Collections.unmodifiableMap(metadata),
                proto);
        if (!overload.isEmpty()) {
            context.overloads.put(node, overload);
        }
        return node;
    }
}
