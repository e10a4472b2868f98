package dev.graft.compiler.scan;

import dev.graft.compiler.scan.AttributeIndex.FloatValue;
import dev.graft.compiler.scan.AttributeIndex.FloatsValue;
import dev.graft.compiler.scan.AttributeIndex.GraphValue;
import dev.graft.compiler.scan.AttributeIndex.IntValue;
import dev.graft.compiler.scan.AttributeIndex.IntsValue;
import dev.graft.compiler.scan.AttributeIndex.Other;
import dev.graft.compiler.scan.AttributeIndex.StringValue;
import dev.graft.compiler.scan.AttributeIndex.TensorValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads an AttributeProto. */
final class AttributeReader implements FieldVisitor {
    private static final List<String> KINDS = List.of(
            "undefined",
            "float",
            "int",
            "string",
            "tensor",
            "graph",
            "floats",
            "ints",
            "strings",
            "tensors",
            "graphs",
            "sparse_tensor",
            "sparse_tensors",
            "type_proto",
            "type_protos");

    private final ScanContext context;
    private final WireReader reader;
    private final List<Long> ints = new ArrayList<>();
    private final List<Float> floats = new ArrayList<>();
    private final List<GraphIndex> graphs = new ArrayList<>();
    private String name = "";
    private int type;
    private float floatValue;
    private long intValue;
    private Optional<String> text = Optional.of("");
    private @Nullable TensorIndex tensor;
    private @Nullable GraphReader graph;
    private boolean isReference;

    AttributeReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    String name() {
        return name;
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> name = reader.readString(wire);
            case 2 -> floatValue = seen(1, reader.readFloat(wire));
            case 3 -> intValue = seen(2, reader.readInt(wire));
            case 4 -> text = seen(3, reader.readText(wire));
            case 5 -> readTensor(wire);
            case 6 -> readGraph(wire);
            case 7 -> seen(6, readFloats(wire));
            case 8 -> seen(7, readInts(wire));
            case 11 -> readGraphs(wire);
            case 20 -> declare(reader.readInt(wire));
            case 21 -> {
                isReference = true;
                reader.skip(wire);
            }
            default -> reader.skip(wire);
        }
    }

    AttributeIndex index() {
        reader.budget().charge(40, reader);
        if (isReference) {
            return new Other("reference");
        }
        return switch (type) {
            case 1 -> new FloatValue(floatValue);
            case 2 -> new IntValue(intValue);
            case 3 -> text.<AttributeIndex>map(StringValue::new).orElse(new Other("bytes"));
            case 4 -> tensor == null ? new Other("tensor") : new TensorValue(tensor);
            case 5 -> new GraphValue(graph == null ? List.of() : List.of(graph.index()));
            case 6 -> new FloatsValue(floats);
            case 7 -> new IntsValue(ints);
            case 10 -> new GraphValue(graphs);
            default -> new Other(type < KINDS.size() ? KINDS.get(type) : "type " + type);
        };
    }

    private void declare(long declared) {
        if (declared < 0 || declared > 1000) {
            throw reader.malformed("an attribute of type " + declared);
        }
        type = (int) declared;
    }

    /** Files of IR version 1 do not declare the type: the field that is there gives it. */
    private <T> T seen(int kind, T value) {
        if (type == 0) {
            type = kind;
        }
        return value;
    }

    private void readTensor(int wire) {
        if (tensor != null) {
            throw reader.malformed("attribute '" + name + "' has two tensors");
        }
        tensor = seen(4, TensorReader.read(context, wire));
    }

    private void readGraph(int wire) {
        GraphReader target = graph == null ? new GraphReader(context) : graph;
        graph = seen(5, target);
        reader.readMessage(wire, target);
    }

    private void readGraphs(int wire) {
        GraphReader member = new GraphReader(context);
        reader.readMessage(wire, member);
        graphs.add(seen(10, member).index());
    }

    private boolean readFloats(int wire) {
        if (wire != WireReader.BYTES) {
            addFloat(reader.readFloat(wire));
            return true;
        }
        reader.readPacked(wire, () -> addFloat(Float.intBitsToFloat(reader.readFixed32())));
        return true;
    }

    private boolean readInts(int wire) {
        if (wire != WireReader.BYTES) {
            addInt(reader.readInt(wire));
            return true;
        }
        reader.readPacked(wire, () -> addInt(reader.readVarint()));
        return true;
    }

    private void addFloat(float value) {
        reader.budget().charge(0, reader);
        floats.add(value);
    }

    private void addInt(long value) {
        reader.budget().charge(0, reader);
        ints.add(value);
    }
}
