package dev.graft.compiler.scan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a ModelProto. */
final class ModelReader implements FieldVisitor {
    /** Versions beyond are newer than any that exists, or garbage. */
    private static final long ABSURD_IR_VERSION = 99;

    /** The newest version of the schema that this reader was written for. */
    private static final long KNOWN_IR_VERSION = 14;

    private final ScanContext context;
    private final WireReader reader;
    private final GraphReader graph;
    private final Map<String, Long> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<FunctionIndex> functions = new ArrayList<>();
    private long irVersion;
    private String producerName = "";
    private String producerVersion = "";
    private boolean hasGraph;

    ModelReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
        this.graph = new GraphReader(context);
    }

    ModelIndex read() {
        reader.readFile(this);
        check();
        ModelIndex model = new ModelIndex(
                reader.file(),
                reader.size(),
                irVersion,
                (producerName + " " + producerVersion).strip(),
                Collections.unmodifiableMap(opsets),
                Collections.unmodifiableMap(metadata),
                graph.index(),
                functions,
                context.external.files(),
                List.of());
        GraphRules.check(model, context);
        FunctionRules.check(model, context);
        return new ModelIndex(
                model.file(),
                model.fileSize(),
                model.irVersion(),
                model.producer(),
                model.opsets(),
                model.metadata(),
                model.graph(),
                model.functions(),
                model.dataFiles(),
                context.warnings);
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> irVersion = reader.readInt(wire);
            case 2 -> producerName = reader.readString(wire);
            case 3 -> producerVersion = reader.readString(wire);
            case 7 -> readGraph(wire);
            case 8 -> readOpset(wire);
            case 14 -> context.readEntry(wire, metadata);
            case 25 -> readFunction(wire);
            default -> reader.skip(wire);
        }
    }

    /** A graph in two parts is one graph, as every protobuf reader sees it. */
    private void readGraph(int wire) {
        reader.readMessage(wire, graph);
        hasGraph = true;
    }

    private void readFunction(int wire) {
        FunctionReader function = new FunctionReader(context);
        reader.readMessage(wire, function);
        functions.add(function.index());
    }

    private void readOpset(int wire) {
        String[] domain = {""};
        long[] version = {0};
        reader.readMessage(wire, (field, type) -> {
            switch (field) {
                case 1 -> domain[0] = reader.readString(type);
                case 2 -> version[0] = reader.readInt(type);
                default -> reader.skip(type);
            }
        });
        // ONNX Runtime takes the larger of two
        opsets.merge(NodeReader.canonicalDomain(domain[0]), version[0], Math::max);
    }

    private void check() {
        if (irVersion < 1 || irVersion > ABSURD_IR_VERSION) {
            throw reader.malformed(irVersion == 0 ? "it has no ir_version" : "ir_version is " + irVersion);
        }
        if (irVersion > KNOWN_IR_VERSION) {
            context.warn("ir_version " + irVersion + " is newer than " + KNOWN_IR_VERSION + ", the newest known");
        }
        if (!hasGraph) {
            throw reader.malformed("it has no graph");
        }
        if (opsets.isEmpty() && irVersion >= 3) {
            throw reader.malformed("it imports no operator set");
        }
    }
}
