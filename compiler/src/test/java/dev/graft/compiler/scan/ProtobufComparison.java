package dev.graft.compiler.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import dev.graft.compiler.ir.proto.AttributeProto;
import dev.graft.compiler.ir.proto.GraphProto;
import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.ir.proto.ValueInfoProto;
import dev.graft.tensor.FileBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds an index against what protobuf's own reader sees in the same file. */
final class ProtobufComparison {
    private final Path folder;
    private int tensors;
    private int nodes;

    private ProtobufComparison(Path folder) {
        this.folder = folder;
    }

    /** Asserts that both see the same, and gives the number of nodes and tensors compared. */
    static int[] compare(Path file) throws IOException {
        ModelIndex index = ModelScanner.scan(file);
        ModelProto proto = parse(file);
        ProtobufComparison comparison =
                new ProtobufComparison(file.toAbsolutePath().getParent());
        assertThat(index.irVersion()).isEqualTo(proto.getIrVersion());
        assertThat(index.metadata()).isEqualTo(entries(proto.getMetadataPropsList()));
        assertThat(index.fileSize()).isEqualTo(Files.size(file));
        comparison.graphs(index.graph(), proto.getGraph());
        assertThat(index.functions()).hasSize(proto.getFunctionsCount());
        for (int i = 0; i < proto.getFunctionsCount(); i++) {
            assertThat(index.functions().get(i).name())
                    .isEqualTo(proto.getFunctions(i).getName());
            comparison.nodes(
                    index.functions().get(i).nodes(), proto.getFunctions(i).getNodeList());
        }
        return new int[] {comparison.nodes, comparison.tensors};
    }

    private static ModelProto parse(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            CodedInputStream coded = CodedInputStream.newInstance(in);
            coded.setSizeLimit(Integer.MAX_VALUE);
            return ModelProto.parseFrom(coded);
        }
    }

    private void graphs(GraphIndex index, GraphProto proto) throws IOException {
        assertThat(index.name()).isEqualTo(proto.getName());
        nodes(index.nodes(), proto.getNodeList());
        assertThat(index.initializers()).hasSize(proto.getInitializerCount() + proto.getSparseInitializerCount());
        List<TensorIndex> initializers = new ArrayList<>(index.initializers().values());
        for (int i = 0; i < proto.getInitializerCount(); i++) {
            assertThat(initializers.get(i).name())
                    .isEqualTo(proto.getInitializer(i).getName());
            tensor(initializers.get(i), proto.getInitializer(i));
        }
        values(index.inputs(), proto.getInputList());
        values(index.outputs(), proto.getOutputList());
        for (ValueInfoProto info : proto.getValueInfoList()) {
            assertThat(index.valueInfos()).containsKey(info.getName());
        }
    }

    private static void values(List<ValueIndex> index, List<ValueInfoProto> proto) {
        assertThat(index).hasSameSizeAs(proto);
        for (int i = 0; i < proto.size(); i++) {
            assertThat(index.get(i).name()).isEqualTo(proto.get(i).getName());
            assertThat(index.get(i).metadata()).isEqualTo(entries(proto.get(i).getMetadataPropsList()));
            if (proto.get(i).getType().hasTensorType()) {
                var type = proto.get(i).getType().getTensorType();
                assertThat(
                                index.get(i).dtype() == null
                                        ? 0
                                        : index.get(i).dtype().onnxNumber())
                        .isEqualTo(type.getElemType());
                assertThat(index.get(i).dims().map(List::size).orElse(-1))
                        .isEqualTo(type.hasShape() ? type.getShape().getDimCount() : -1);
            }
        }
    }

    private void nodes(List<NodeIndex> index, List<NodeProto> proto) throws IOException {
        assertThat(index).hasSameSizeAs(proto);
        for (int i = 0; i < proto.size(); i++) {
            nodes++;
            NodeIndex node = index.get(i);
            NodeProto expected = proto.get(i);
            assertThat(node.name()).isEqualTo(expected.getName());
            assertThat(node.opType()).isEqualTo(expected.getOpType());
            assertThat(node.inputs()).isEqualTo(expected.getInputList());
            assertThat(node.outputs()).isEqualTo(expected.getOutputList());
            assertThat(node.metadata()).isEqualTo(entries(expected.getMetadataPropsList()));
            assertThat(NodeProto.parseFrom(read(node.proto()))).isEqualTo(expected);
            assertThat(node.attributes()).hasSize(expected.getAttributeCount());
            for (AttributeProto attribute : expected.getAttributeList()) {
                attribute(node.attributes().get(attribute.getName()), attribute);
            }
        }
    }

    private void attribute(AttributeIndex index, AttributeProto proto) throws IOException {
        switch (proto.getType()) {
            case INT -> assertThat(index).isEqualTo(new AttributeIndex.IntValue(proto.getI()));
            case FLOAT -> assertThat(index).isEqualTo(new AttributeIndex.FloatValue(proto.getF()));
            case INTS -> assertThat(index).isEqualTo(new AttributeIndex.IntsValue(proto.getIntsList()));
            case FLOATS -> assertThat(index).isEqualTo(new AttributeIndex.FloatsValue(proto.getFloatsList()));
            case STRING ->
                assertThat(index)
                        .isEqualTo(
                                proto.getS().isValidUtf8()
                                        ? new AttributeIndex.StringValue(
                                                proto.getS().toStringUtf8())
                                        : new AttributeIndex.Other("bytes"));
            case TENSOR -> tensor(((AttributeIndex.TensorValue) index).tensor(), proto.getT());
            case GRAPH -> graphs(((AttributeIndex.GraphValue) index).graphs().get(0), proto.getG());
            default -> assertThat(index).isNotNull();
        }
    }

    private void tensor(TensorIndex index, TensorProto proto) throws IOException {
        tensors++;
        assertThat(index.dtype().onnxNumber()).isEqualTo(proto.getDataType());
        assertThat(index.shape().toArray())
                .containsExactly(
                        proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
        if (index.storage() instanceof TensorStorage.Encoded) {
            assertThat(proto.hasRawData()).isFalse();
            return;
        }
        ByteBuffer got = ByteBuffer.allocate(
                (int) index.runs().stream().mapToLong(ByteRegion::length).sum());
        for (ByteRegion run : index.runs()) {
            got.put(read(run));
        }
        assertThat(got.array()).isEqualTo(expectedBytes(proto));
    }

    private byte[] expectedBytes(TensorProto proto) throws IOException {
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            Map<String, String> keys = entries(proto.getExternalDataList());
            byte[] all = Files.readAllBytes(folder.resolve(keys.get("location")));
            int offset = Integer.parseInt(keys.getOrDefault("offset", "0"));
            return java.util.Arrays.copyOfRange(all, offset, offset + Integer.parseInt(keys.get("length")));
        }
        if (proto.getFloatDataCount() > 0) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(4 * proto.getFloatDataCount()).order(ByteOrder.LITTLE_ENDIAN);
            proto.getFloatDataList().forEach(bytes::putFloat);
            return bytes.array();
        }
        if (proto.getDoubleDataCount() > 0) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(8 * proto.getDoubleDataCount()).order(ByteOrder.LITTLE_ENDIAN);
            proto.getDoubleDataList().forEach(bytes::putDouble);
            return bytes.array();
        }
        return proto.getRawData().toByteArray();
    }

    private static byte[] read(ByteRegion region) {
        ByteBuffer bytes = ByteBuffer.allocate((int) region.length());
        new FileBytes(region.file(), region.offset(), region.length()).read(0, bytes);
        return bytes.array();
    }

    private static Map<String, String> entries(List<StringStringEntryProto> list) {
        Map<String, String> map = new LinkedHashMap<>();
        list.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }
}
