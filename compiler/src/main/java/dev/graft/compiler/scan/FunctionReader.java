package dev.graft.compiler.scan;

import java.util.ArrayList;
import java.util.List;

/** Reads a FunctionProto. */
final class FunctionReader implements FieldVisitor {
    private final ScanContext context;
    private final WireReader reader;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<NodeIndex> nodes = new ArrayList<>();
    private String name = "";
    private String domain = "";
    private String overload = "";

    FunctionReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    FunctionIndex index() {
        if (name.isEmpty()) {
            throw reader.malformed("a function without a name");
        }
        return new FunctionIndex(NodeReader.canonicalDomain(domain), name, overload, inputs, outputs, nodes);
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> name = reader.readString(wire);
            case 4 -> inputs.add(reader.readString(wire));
            case 5 -> outputs.add(reader.readString(wire));
            case 7 -> nodes.add(NodeReader.read(context, wire));
            case 10 -> domain = reader.readString(wire);
            case 13 -> overload = reader.readString(wire);
            default -> reader.skip(wire);
        }
    }
}
