package dev.graft.compiler.ir;

import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.proto.AttributeProto;
import dev.graft.compiler.ir.proto.GraphProto;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reads attributes. */
final class AttributeReader {
    private final TensorReader tensors;
    private final BiFunction<Node, GraphProto, Graph> graphs;

    AttributeReader(TensorReader tensors, BiFunction<Node, GraphProto, Graph> graphs) {
        this.tensors = tensors;
        this.graphs = graphs;
    }

    Attribute read(Node node, AttributeProto proto) {
        Attribute.Payload payload = payload(node, proto);
        AttributeProto rest = payload instanceof Attribute.Opaque ? proto : AttributeWriter.withoutPayload(proto);
        return new Attribute(proto.getName(), payload, new Unmodelled(rest));
    }

    private Attribute.Payload payload(Node node, AttributeProto proto) {
        if (proto.hasRefAttrName()) {
            return new Attribute.Reference(proto.getRefAttrName());
        }
        return switch (kind(proto)) {
            case INT -> new Attribute.IntValue(proto.getI());
            case FLOAT -> new Attribute.FloatValue(proto.getF());
            case STRING ->
                text(proto.getS())
                        .<Attribute.Payload>map(Attribute.StringValue::new)
                        .orElseGet(Attribute.Opaque::new);
            case INTS -> new Attribute.IntsValue(List.copyOf(proto.getIntsList()));
            case FLOATS -> new Attribute.FloatsValue(List.copyOf(proto.getFloatsList()));
            case STRINGS -> strings(proto);
            case TENSOR -> new Attribute.TensorValue(tensors.read(proto.getT()));
            case TENSORS ->
                new Attribute.TensorsValue(
                        proto.getTensorsList().stream().map(tensors::read).toList());
            case GRAPH -> new Attribute.GraphsValue(List.of(graphs.apply(node, proto.getG())), false);
            case GRAPHS ->
                new Attribute.GraphsValue(
                        proto.getGraphsList().stream()
                                .map(graph -> graphs.apply(node, graph))
                                .toList(),
                        true);
            default -> new Attribute.Opaque();
        };
    }

    private static Attribute.Payload strings(AttributeProto proto) {
        List<Optional<String>> strings =
                proto.getStringsList().stream().map(AttributeReader::text).toList();
        return strings.stream().allMatch(Optional::isPresent)
                ? new Attribute.StringsValue(
                        strings.stream().map(Optional::orElseThrow).toList())
                : new Attribute.Opaque();
    }

    /** The kind; writers of the first IR versions leave it out, then the field that is there tells. */
    private static AttributeProto.AttributeType kind(AttributeProto proto) {
        if (proto.hasType()) {
            return proto.getType();
        }
        if (proto.hasI()) {
            return AttributeProto.AttributeType.INT;
        }
        if (proto.hasF()) {
            return AttributeProto.AttributeType.FLOAT;
        }
        if (proto.hasS()) {
            return AttributeProto.AttributeType.STRING;
        }
        if (proto.hasT()) {
            return AttributeProto.AttributeType.TENSOR;
        }
        if (proto.hasG()) {
            return AttributeProto.AttributeType.GRAPH;
        }
        return listKind(proto);
    }

    private static AttributeProto.AttributeType listKind(AttributeProto proto) {
        if (proto.getIntsCount() > 0) {
            return AttributeProto.AttributeType.INTS;
        }
        if (proto.getFloatsCount() > 0) {
            return AttributeProto.AttributeType.FLOATS;
        }
        return proto.getStringsCount() > 0
                ? AttributeProto.AttributeType.STRINGS
                : AttributeProto.AttributeType.UNDEFINED;
    }

    private static Optional<String> text(ByteString bytes) {
        return bytes.isValidUtf8() ? Optional.of(bytes.toStringUtf8()) : Optional.empty();
    }
}
