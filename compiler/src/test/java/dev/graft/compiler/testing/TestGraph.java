package dev.graft.compiler.testing;

import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.proto.AttributeProto;
import dev.graft.compiler.ir.proto.FunctionProto;
import dev.graft.compiler.ir.proto.GraphProto;
import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.NodeProto;
import dev.graft.compiler.ir.proto.OperatorSetIdProto;
import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.ir.proto.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Builds small ONNX models with protobuf's own classes. */
public final class TestGraph {
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    private final ModelProto.Builder model = ModelProto.newBuilder()
            .setIrVersion(10)
            .setProducerName("test")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(20))
            .addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1));

    /** A graph that reads the input {@code x}. */
    public static TestGraph ofInput(String input) {
        TestGraph test = new TestGraph();
        test.graph.addInput(ValueInfoProto.newBuilder().setName(input));
        return test;
    }

    /** An empty graph. */
    public static TestGraph empty() {
        return new TestGraph();
    }

    /** Adds an initializer whose elements count up from {@code first} in steps of 1/8. */
    public TestGraph weight(String name, double first, long... dims) {
        return initializer(tensor(name, first, dims));
    }

    /** Adds an initializer. */
    public TestGraph initializer(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** A float32 tensor whose elements count up from {@code first} in steps of 1/8, in raw_data. */
    public static TensorProto tensor(String name, double first, long... dims) {
        long elements = 1;
        for (long dim : dims) {
            elements *= dim;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) elements * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            bytes.putFloat((float) (first + i / 8.0));
        }
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(1).setRawData(ByteString.copyFrom(bytes.array()));
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor.build();
    }

    /** A tensor of int64 values, in int64_data. */
    public static TensorProto ints(String name, long... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor.build();
    }

    /** Adds a node. */
    public TestGraph node(
            String operator, String name, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        graph.addNode(nodeProto(operator, name, inputs, outputs, attributes));
        return this;
    }

    /** Adds a node. */
    public TestGraph node(NodeProto node) {
        graph.addNode(node);
        return this;
    }

    /** A node; an operator with a colon has its domain in front. */
    public static NodeProto nodeProto(
            String operator, String name, List<String> inputs, List<String> outputs, AttributeProto... attributes) {
        int colon = operator.lastIndexOf(':');
        return NodeProto.newBuilder()
                .setDomain(colon < 0 ? "" : operator.substring(0, colon))
                .setOpType(operator.substring(colon + 1))
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    /** The node with dynamo's note of its module. */
    public static NodeProto scoped(NodeProto node, String module) {
        return node.toBuilder()
                .addMetadataProps(entry("pkg.torch.onnx.name_scopes", "['', '" + module + "', 'linear']"))
                .build();
    }

    /** Notes what a value was folded from, as onnxscript's optimiser does. */
    public TestGraph foldedFrom(String value, String original) {
        graph.addValueInfo(ValueInfoProto.newBuilder()
                .setName(value)
                .addMetadataProps(entry("pkg.onnxscript.optimizer.folded_from", "['" + original + "']")));
        return this;
    }

    /** Adds an output. */
    public TestGraph output(String name) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(name));
        return this;
    }

    /** Adds a function. */
    public TestGraph function(
            String domain, String name, List<String> inputs, List<String> outputs, NodeProto... nodes) {
        model.addFunctions(FunctionProto.newBuilder()
                .setDomain(domain)
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllNode(List.of(nodes)));
        return this;
    }

    /** An integer attribute. */
    public static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setI(value)
                .setType(AttributeProto.AttributeType.INT)
                .build();
    }

    /** A float attribute. */
    public static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setF(value)
                .setType(AttributeProto.AttributeType.FLOAT)
                .build();
    }

    /** A tensor attribute. */
    public static AttributeProto attribute(String name, TensorProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setT(value)
                .setType(AttributeProto.AttributeType.TENSOR)
                .build();
    }

    /** A subgraph attribute. */
    public static AttributeProto attribute(String name, TestGraph value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setG(value.graph)
                .setType(AttributeProto.AttributeType.GRAPH)
                .build();
    }

    /** A key and its value. */
    public static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** Makes a tensor external. */
    public static TensorProto external(String name, Map<String, String> entries, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        entries.forEach((key, value) -> tensor.addExternalData(entry(key, value)));
        return tensor.build();
    }

    /** The model. */
    public ModelProto build() {
        return model.clone().setGraph(graph).build();
    }

    /** Writes the model. */
    public Path write(Path file) {
        return write(file, UnaryOperator.identity());
    }

    /** Writes the model after a change. */
    public Path write(Path file, UnaryOperator<ModelProto> change) {
        return writeBytes(file, change.apply(build()).toByteArray());
    }

    /** Writes bytes. */
    public static Path writeBytes(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
