package dev.graft.compiler.ir;

import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.proto.AttributeProto;
import dev.graft.compiler.ir.proto.AttributeProto.AttributeType;
import dev.graft.compiler.ir.proto.GraphProto;
import dev.graft.compiler.ir.proto.TensorProto;
import java.util.function.Function;

/** Writes attributes. */
final class AttributeWriter {
    private final Function<TensorData, TensorProto> tensors;
    private final Function<Graph, GraphProto> graphs;

    AttributeWriter(Function<TensorData, TensorProto> tensors, Function<Graph, GraphProto> graphs) {
        this.tensors = tensors;
        this.graphs = graphs;
    }

    AttributeProto write(Attribute attribute) {
        AttributeProto.Builder proto = AttributeProto.newBuilder();
        if (attribute.rest() == null) {
            fill(proto.setName(attribute.name()), attribute.value());
            return proto.build();
        }
        AttributeProto rest = (AttributeProto) attribute.rest().message();
        fill(proto, attribute.value());
        // the file's own words win: its name, its type (or none at all) and what is not modelled
        return rest.hasType()
                ? proto.mergeFrom(rest).build()
                : proto.clearType().mergeFrom(rest).build();
    }

    static AttributeProto withoutPayload(AttributeProto proto) {
        return proto.toBuilder()
                .clearRefAttrName()
                .clearI()
                .clearF()
                .clearS()
                .clearInts()
                .clearFloats()
                .clearStrings()
                .clearT()
                .clearTensors()
                .clearG()
                .clearGraphs()
                .build();
    }

    private void fill(AttributeProto.Builder proto, Attribute.Payload payload) {
        if (payload instanceof Attribute.IntValue value) {
            proto.setType(AttributeType.INT).setI(value.value());
        } else if (payload instanceof Attribute.FloatValue value) {
            proto.setType(AttributeType.FLOAT).setF(value.value());
        } else if (payload instanceof Attribute.StringValue value) {
            proto.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(value.value()));
        } else if (payload instanceof Attribute.IntsValue value) {
            proto.setType(AttributeType.INTS).addAllInts(value.values());
        } else if (payload instanceof Attribute.FloatsValue value) {
            proto.setType(AttributeType.FLOATS).addAllFloats(value.values());
        } else if (payload instanceof Attribute.StringsValue value) {
            proto.setType(AttributeType.STRINGS);
            value.values().forEach(text -> proto.addStrings(ByteString.copyFromUtf8(text)));
        } else {
            fillNested(proto, payload);
        }
    }

    private void fillNested(AttributeProto.Builder proto, Attribute.Payload payload) {
        if (payload instanceof Attribute.TensorValue value) {
            proto.setType(AttributeType.TENSOR).setT(tensors.apply(value.tensor()));
        } else if (payload instanceof Attribute.TensorsValue value) {
            proto.setType(AttributeType.TENSORS);
            value.tensors().forEach(tensor -> proto.addTensors(tensors.apply(tensor)));
        } else if (payload instanceof Attribute.GraphsValue value && value.several()) {
            proto.setType(AttributeType.GRAPHS);
            value.graphs().forEach(graph -> proto.addGraphs(graphs.apply(graph)));
        } else if (payload instanceof Attribute.GraphsValue value) {
            proto.setType(AttributeType.GRAPH).setG(graphs.apply(value.graphs().get(0)));
        } else if (payload instanceof Attribute.Reference value) {
            proto.setRefAttrName(value.attribute());
        }
    }
}
