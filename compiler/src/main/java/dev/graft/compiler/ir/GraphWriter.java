package dev.graft.compiler.ir;

import dev.graft.compiler.ir.proto.FunctionProto;
import dev.graft.compiler.ir.proto.GraphProto;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.ir.proto.ValueInfoProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes messages of graphs; elements of tensors are left to the skeleton. */
final class GraphWriter {
    private final Skeleton skeleton;
    private final AttributeWriter attributes = new AttributeWriter(this::write, this::write);

    private final @Nullable ReferredTensors referred;

    GraphWriter(Skeleton skeleton) {
        this(skeleton, null);
    }

    /** @param referred how weights that lie in files are referred to, or null to write them as they are stored */
    GraphWriter(Skeleton skeleton, @Nullable ReferredTensors referred) {
        this.skeleton = skeleton;
        this.referred = referred;
    }

    GraphProto write(Graph graph) {
        GraphProto.Builder proto =
                graph.rest == null ? GraphProto.newBuilder() : ((GraphProto) graph.rest.message()).toBuilder();
        if (!proto.getName().equals(graph.name)) {
            proto.setName(graph.name);
        }
        for (Node node = graph.first(); node != null; node = node.next()) {
            proto.addNode(write(node));
        }
        graph.initializers.forEach(value -> proto.addInitializer(writeInitializer(value)));
        graph.inputs.forEach(input -> proto.addInput(write(input)));
        graph.outputs.forEach(output -> proto.addOutput(write(output)));
        graph.descriptions.forEach(info -> proto.addValueInfo(write(info)));
        return proto.build();
    }

    FunctionProto write(Function function) {
        FunctionProto.Builder proto = function.rest == null
                ? FunctionProto.newBuilder()
                : ((FunctionProto) function.rest.message()).toBuilder();
        Graph body = function.body();
        body.inputs().forEach(input -> proto.addInput(input.name()));
        body.outputs().forEach(output -> proto.addOutput(output.name()));
        for (Node node = body.first(); node != null; node = node.next()) {
            proto.addNode(write(node));
        }
        var opsets = ModelWriter.writeOpsets(proto.getOpsetImportList(), function.opsets);
        proto.clearOpsetImport().addAllOpsetImport(opsets);
        body.descriptions.forEach(info -> proto.addValueInfo(write(info)));
        return proto.build();
    }

    private NodeProto write(Node node) {
        NodeProto.Builder proto =
                node.rest == null ? NodeProto.newBuilder() : ((NodeProto) node.rest.message()).toBuilder();
        node.inputs.forEach(input -> proto.addInput(name(input)));
        node.outputs.forEach(output -> proto.addOutput(name(output)));
        if (!proto.getName().equals(node.name)) {
            proto.setName(node.name);
        }
        if (!proto.getOpType().equals(node.opType)) {
            proto.setOpType(node.opType);
        }
        if (!proto.getDomain().equals(node.domain)) {
            proto.setDomain(node.domain);
        }
        node.attributes.values().forEach(attribute -> proto.addAttribute(attributes.write(attribute)));
        node.metadata.forEach((key, value) -> proto.addMetadataProps(ModelWriter.entry(key, value)));
        return proto.build();
    }

    private TensorProto writeInitializer(Value value) {
        TensorData data = value.initializer;
        if (data == null) {
            throw new IllegalArgumentException(value + " is listed as an initializer and has no contents");
        }
        TensorProto proto = referred == null ? write(data) : referred.refer(data, value.name(), write(data));
        return proto.getName().equals(value.name())
                ? proto
                : proto.toBuilder().setName(value.name()).build();
    }

    private TensorProto write(TensorData data) {
        TensorProto.Builder proto = data.rest() == null
                ? TensorProto.newBuilder()
                : ((TensorProto) data.rest().message()).toBuilder();
        for (long dim : data.shape().toArray()) {
            proto.addDims(dim);
        }
        if (proto.getDataType() != data.dtype().onnxNumber()) {
            proto.setDataType(data.dtype().onnxNumber());
        }
        if (data.storage() instanceof TensorData.Storage.Raw raw) {
            proto.setRawData(skeleton.ticket(List.of(new Skeleton.Elements(SkeletonField.RAW_DATA, raw.bytes()))));
        } else if (data.storage() instanceof TensorData.Storage.Packed packed) {
            proto.setRawData(skeleton.ticket(packed.chunks().stream()
                    .map(chunk -> new Skeleton.Elements(packed.field(), chunk))
                    .toList()));
        }
        return proto.build();
    }

    private static ValueInfoProto write(Graph.Description description) {
        ValueInfoProto.Builder proto = description.rest() == null
                ? ValueInfoProto.newBuilder()
                : ((ValueInfoProto) description.rest().message()).toBuilder();
        Value value = description.value();
        if (value != null && !proto.getName().equals(value.name())) {
            proto.setName(value.name());
        }
        if (value != null && value.retyped && value.type != null) {
            proto.setType(TypeReader.write(value.type));
        }
        return proto.build();
    }

    private static String name(@Nullable Value value) {
        return value == null ? "" : value.name();
    }
}
