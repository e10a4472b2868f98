package dev.graft.compiler.ir;

import dev.graft.compiler.ir.proto.FunctionProto;
import dev.graft.compiler.ir.proto.GraphProto;
import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.ir.proto.ValueInfoProto;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import java.nio.file.Path;
import java.util.List;

/** Builds graphs from messages: first everything that a graph defines, then its nodes' inputs, so that any order can be read. */
final class GraphReader {
    private final Path file;
    private final AttributeReader attributes;
    private final TensorReader tensors;
    private Names names = new Names();

    GraphReader(Path file, Skeleton skeleton) {
        this.file = file;
        this.tensors = new TensorReader(file, skeleton);
        this.attributes = new AttributeReader(tensors, this::readGraph);
    }

    OnnxModel readModel(ModelProto proto) {
        ModelProto.Builder rest =
                proto.toBuilder().clearGraph().clearFunctions().clearMetadataProps();
        Graph graph = newGraph(null, proto.getGraph());
        OnnxModel model = new OnnxModel(file, graph, new Unmodelled(rest.build()));
        names = model.names();
        model.irVersion = proto.getIrVersion();
        ModelReader.readOpsets(proto.getOpsetImportList(), model.opsets);
        ModelReader.readMetadata(proto.getMetadataPropsList(), model.metadata);
        fill(graph, proto.getGraph());
        proto.getFunctionsList().forEach(function -> model.functions.add(readFunction(function)));
        return model;
    }

    private Graph readGraph(Node owner, GraphProto proto) {
        Graph graph = newGraph(owner.graph, proto);
        graph.owner = owner;
        fill(graph, proto);
        return graph;
    }

    private static Graph newGraph(@org.jspecify.annotations.Nullable Graph outer, GraphProto proto) {
        GraphProto.Builder rest = proto.toBuilder()
                .clearNode()
                .clearInitializer()
                .clearInput()
                .clearOutput()
                .clearValueInfo();
        return new Graph(outer, proto.getName(), new Unmodelled(rest.build()));
    }

    private void fill(Graph graph, GraphProto proto) {
        for (ValueInfoProto input : proto.getInputList()) {
            defineInput(graph, input.getName());
        }
        for (TensorProto tensor : proto.getInitializerList()) {
            defineInitializer(graph, tensor);
        }
        proto.getSparseInitializerList()
                .forEach(sparse -> define(graph, sparse.getValues().getName()).sparse = true);
        List<Node> nodes =
                proto.getNodeList().stream().map(node -> addNode(graph, node)).toList();
        for (int i = 0; i < nodes.size(); i++) {
            connect(nodes.get(i), proto.getNode(i));
        }
        proto.getInputList().forEach(info -> graph.inputs.add(describe(graph, info)));
        proto.getOutputList().forEach(info -> {
            lookUp(graph, info.getName()).timesOutput++;
            graph.outputs.add(describe(graph, info));
        });
        proto.getValueInfoList().forEach(info -> graph.descriptions.add(describe(graph, info)));
    }

    private Function readFunction(FunctionProto proto) {
        FunctionProto.Builder rest =
                proto.toBuilder().clearInput().clearOutput().clearNode().clearValueInfo();
        Graph body = new Graph(null, proto.getName(), null);
        Function function = new Function(
                proto.getDomain(), proto.getName(), proto.getOverload(), body, new Unmodelled(rest.build()));
        ModelReader.readOpsets(proto.getOpsetImportList(), function.opsets);
        GraphProto.Builder graph = GraphProto.newBuilder().addAllNode(proto.getNodeList());
        proto.getInputList().forEach(name -> graph.addInputBuilder().setName(name));
        proto.getOutputList().forEach(name -> graph.addOutputBuilder().setName(name));
        fill(body, graph.addAllValueInfo(proto.getValueInfoList()).build());
        // a node that is in no graph: defaults may be graphs, which need an owner
        Node caller = new Node(body, "", proto.getDomain(), proto.getName(), null);
        proto.getAttributeProtoList().forEach(value -> function.defaults.add(attributes.read(caller, value)));
        return function;
    }

    private Node addNode(Graph graph, NodeProto proto) {
        NodeProto.Builder rest =
                proto.toBuilder().clearInput().clearOutput().clearAttribute().clearMetadataProps();
        Node node =
                new Node(graph, proto.getName(), proto.getDomain(), proto.getOpType(), new Unmodelled(rest.build()));
        node.overload = proto.getOverload();
        names.takeNode(proto.getName());
        ModelReader.readMetadata(proto.getMetadataPropsList(), node.metadata);
        for (String output : proto.getOutputList()) {
            Value value = output.isEmpty() ? null : define(graph, output);
            if (value != null) {
                value.producer = node;
            }
            node.outputs.add(value);
        }
        graph.link(node, graph.last);
        return node;
    }

    private void connect(Node node, NodeProto proto) {
        for (String input : proto.getInputList()) {
            Value value = input.isEmpty() ? null : lookUp(node.graph, input);
            if (value != null) {
                value.uses.add(new Value.Use(node, node.inputs.size()));
            }
            node.inputs.add(value);
        }
        proto.getAttributeList()
                .forEach(attribute -> node.attributes.put(attribute.getName(), attributes.read(node, attribute)));
    }

    private void defineInput(Graph graph, String name) {
        define(graph, name).input = true;
    }

    private void defineInitializer(Graph graph, TensorProto tensor) {
        // before IR version 4 every initializer is an input too: then the value exists already
        Value known = graph.values.get(tensor.getName());
        Value value =
                known != null && known.input && known.initializer == null ? known : define(graph, tensor.getName());
        value.initializer = tensors.read(tensor);
        graph.initializers.add(value);
    }

    private Value define(Graph graph, String name) {
        Value value = new Value(graph, name);
        if (graph.values.putIfAbsent(name, value) != null) {
            throw new GraftException(
                    ErrorCode.ONNX_MALFORMED,
                    "two definitions of the value '" + name + "' in one graph, expected one",
                    Location.ofFile(file),
                    "Export the model again.");
        }
        names.takeValue(name);
        return value;
    }

    private static Value lookUp(Graph graph, String name) {
        return graph.find(name).orElseGet(() -> graph.values.computeIfAbsent(name, key -> new Value(graph, key)));
    }

    private static Graph.Description describe(Graph graph, ValueInfoProto info) {
        Value value = graph.find(info.getName()).orElse(null);
        if (value != null && value.type == null) {
            value.type = TypeReader.read(info.getType());
        }
        return new Graph.Description(value, new Unmodelled(info));
    }
}
