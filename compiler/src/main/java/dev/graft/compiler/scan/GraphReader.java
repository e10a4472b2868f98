package dev.graft.compiler.scan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a GraphProto. */
final class GraphReader implements FieldVisitor {
    private final ScanContext context;
    private final WireReader reader;
    private final List<NodeIndex> nodes = new ArrayList<>();
    private final Map<String, TensorIndex> initializers = new LinkedHashMap<>();
    private final List<ValueIndex> inputs = new ArrayList<>();
    private final List<ValueIndex> outputs = new ArrayList<>();
    private final Map<String, ValueIndex> valueInfos = new LinkedHashMap<>();
    private String name = "";

    GraphReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    GraphIndex index() {
        return new GraphIndex(
                name,
                nodes,
                Collections.unmodifiableMap(initializers),
                inputs,
                outputs,
                Collections.unmodifiableMap(valueInfos));
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> nodes.add(NodeReader.read(context, wire));
            case 2 -> name = reader.readString(wire);
            case 5 -> add(TensorReader.read(context, wire));
            case 11 -> inputs.add(ValueReader.read(context, wire));
            case 12 -> outputs.add(ValueReader.read(context, wire));
            case 13 -> {
                ValueIndex value = ValueReader.read(context, wire);
                valueInfos.put(value.name(), value);
            }
            case 15 -> add(SparseTensorReader.read(context, wire));
            default -> reader.skip(wire);
        }
    }

    private void add(TensorIndex tensor) {
        if (tensor.name().isEmpty()) {
            throw reader.malformed("an initializer without a name");
        }
        // ONNX Runtime takes the last of two; which one another tool takes nobody knows
        if (initializers.put(tensor.name(), tensor) != null) {
            throw reader.malformed("two initializers are named '" + tensor.name() + "'");
        }
    }
}
