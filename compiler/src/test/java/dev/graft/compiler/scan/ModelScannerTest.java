package dev.graft.compiler.scan;

import static dev.graft.compiler.testing.TestGraph.attribute;
import static dev.graft.compiler.testing.TestGraph.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.graft.compiler.ir.proto.SparseTensorProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.compiler.testing.TestGraph;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scan finds in models that are as they should be. */
class ModelScannerTest {
    @TempDir
    Path folder;

    @Test
    void nodesTensorsAndAttributesAreIndexed() {
        Path file = TestGraph.ofInput("x")
                .weight("w", 1, 2, 3)
                .node(
                        "Gemm",
                        "product",
                        List.of("x", "w"),
                        List.of("y"),
                        attribute("transB", 1),
                        attribute("alpha", 0.5f))
                .output("y")
                .write(folder.resolve("model.onnx"));

        ModelIndex model = ModelScanner.scan(file);

        assertThat(model.irVersion()).isEqualTo(10);
        assertThat(model.producer()).isEqualTo("test");
        assertThat(model.opsets()).isEqualTo(Map.of("", 20L, "com.microsoft", 1L));
        NodeIndex node = model.graph().nodes().get(0);
        assertThat(node.opType()).isEqualTo("Gemm");
        assertThat(node.inputs()).containsExactly("x", "w");
        assertThat(node.intAttribute("transB")).hasValue(1);
        assertThat(node.attributes().get("alpha")).isEqualTo(new AttributeIndex.FloatValue(0.5f));
        TensorIndex weight = model.graph().initializers().get("w");
        assertThat(weight.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(weight.tensor().orElseThrow().toDoubles()).containsExactly(1, 1.125, 1.25, 1.375, 1.5, 1.625);
    }

    @Test
    void aConstantNodeHoldsATensorWithItsPlace() {
        Path file = TestGraph.empty()
                .node("Constant", "c", List.of(), List.of("y"), attribute("value", tensor("", 4, 2)))
                .output("y")
                .write(folder.resolve("model.onnx"));

        AttributeIndex value =
                ModelScanner.scan(file).graph().nodes().get(0).attributes().get("value");

        assertThat(value)
                .isInstanceOfSatisfying(
                        AttributeIndex.TensorValue.class,
                        found -> assertThat(
                                        found.tensor().tensor().orElseThrow().toDoubles())
                                .containsExactly(4, 4.125));
    }

    @Test
    void packedFloatDataIsARunOfBytes() {
        TensorProto tensor = TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(3)
                .addFloatData(1)
                .addFloatData(2)
                .addFloatData(-3)
                .build();

        TensorIndex index = scan(tensor.toByteArray());

        assertThat(index.storage())
                .isInstanceOfSatisfying(
                        TensorStorage.Inline.class,
                        inline -> assertThat(inline.field()).isEqualTo("float_data"));
        assertThat(index.tensor().orElseThrow().toDoubles()).containsExactly(1, 2, -3);
    }

    @Test
    void floatDataInSeveralChunksAndOneByOneIsSeveralRuns() throws IOException {
        byte[] bytes = write(out -> {
            out.writeString(8, "w");
            out.writeInt32(2, 1);
            out.writeInt64(1, 4);
            out.writeTag(4, 2);
            out.writeUInt32NoTag(8);
            out.writeFloatNoTag(1);
            out.writeFloatNoTag(2);
            out.writeFloat(4, 3);
            out.writeFloat(4, 4);
        });

        TensorIndex index = scan(bytes);

        assertThat(index.runs()).extracting(ByteRegion::length).containsExactly(8L, 4L, 4L);
        assertThat(index.tensor()).isEmpty();
        ByteRegion last = index.runs().get(2);
        assertThat(new Tensor("last", DType.FLOAT32, Shape.of(1), last.bytes()).toDoubles())
                .containsExactly(4);
    }

    @Test
    void doubleDataIsARun() {
        TensorProto tensor = TensorProto.newBuilder()
                .setName("w")
                .setDataType(11)
                .addDims(2)
                .addDoubleData(0.1)
                .addDoubleData(1e300)
                .build();

        assertThat(scan(tensor.toByteArray()).tensor().orElseThrow().toDoubles())
                .containsExactly(0.1, 1e300);
    }

    @Test
    void valuesInVarintsAreEncodedAndReadable() {
        TensorIndex index = scan(TestGraph.ints("w", 2, -1, 1L << 40).toByteArray());

        assertThat(index.storage()).isEqualTo(new TensorStorage.Encoded("int64_data"));
        assertThat(TensorValues.readInts(index)).hasValue(List.of(2L, -1L, 1L << 40));
    }

    @Test
    void fourBitTensorsTakeHalfABytePerElement() {
        TensorProto raw = TensorProto.newBuilder()
                .setName("w")
                .setDataType(22)
                .addDims(5)
                .setRawData(ByteString.copyFrom(new byte[3]))
                .build();

        assertThat(scan(raw.toByteArray()).dtype()).isEqualTo(DType.INT4);
    }

    @Test
    void aTensorWithoutElementsNeedsNoData() {
        TensorProto empty = TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(0)
                .addDims(7)
                .build();

        assertThat(scan(empty.toByteArray()).tensor().orElseThrow().toDoubles()).isEmpty();
    }

    @Test
    void aSparseInitializerIsIndexedButCannotBePatched() {
        SparseTensorProto sparse = SparseTensorProto.newBuilder()
                .setValues(tensor("w", 1, 2))
                .setIndices(TestGraph.ints("", 0, 5))
                .addDims(2)
                .addDims(3)
                .build();
        Path file = TestGraph.empty()
                .output("w")
                .write(
                        folder.resolve("model.onnx"),
                        model -> model.toBuilder()
                                .setGraph(model.getGraph().toBuilder().addSparseInitializer(sparse))
                                .build());

        TensorIndex index = ModelScanner.scan(file).graph().initializers().get("w");

        assertThat(index.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(index.storage()).isEqualTo(new TensorStorage.Encoded("sparse_initializer"));
    }

    @Test
    void aGraphInTwoPartsIsOneGraph() throws IOException {
        byte[] one = TestGraph.ofInput("x").weight("w", 1, 2).build().toByteArray();
        byte[] two = TestGraph.empty()
                .node("Add", "add", List.of("x", "w"), List.of("y"))
                .output("y")
                .build()
                .toByteArray();
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(one);
        both.write(two);

        ModelIndex model = ModelScanner.scan(TestGraph.writeBytes(folder.resolve("model.onnx"), both.toByteArray()));

        assertThat(model.graph().initializers()).containsOnlyKeys("w");
        assertThat(model.graph().nodes()).hasSize(1);
    }

    @Test
    void subgraphsSeeTheNamesAroundThem() {
        TestGraph then = TestGraph.empty()
                .weight("inner", 1, 2)
                .node("Add", "a", List.of("x", "inner"), List.of("t"))
                .output("t");
        TestGraph otherwise = TestGraph.empty()
                .node("Add", "b", List.of("x", "outer"), List.of("e"))
                .output("e");
        Path file = TestGraph.ofInput("x")
                .weight("outer", 1, 2)
                .node(
                        "If",
                        "if",
                        List.of("x"),
                        List.of("y"),
                        attribute("then_branch", then),
                        attribute("else_branch", otherwise))
                .output("y")
                .write(folder.resolve("model.onnx"));

        NodeIndex node = ModelScanner.scan(file).graph().nodes().get(0);

        assertThat(node.attributes().get("then_branch"))
                .isInstanceOfSatisfying(
                        AttributeIndex.GraphValue.class,
                        value ->
                                assertThat(value.graphs().get(0).initializers()).containsOnlyKeys("inner"));
    }

    @Test
    void dimensionsAreNumbersOrSymbols() {
        Path file = TestGraph.ofInput("x").output("x").write(folder.resolve("model.onnx"), model -> {
            var builder = model.toBuilder();
            var shape = builder.getGraphBuilder()
                    .getInputBuilder(0)
                    .getTypeBuilder()
                    .getTensorTypeBuilder()
                    .setElemType(1)
                    .getShapeBuilder();
            shape.addDimBuilder().setDimParam("batch");
            shape.addDimBuilder().setDimValue(4);
            shape.addDimBuilder();
            return builder.build();
        });

        ValueIndex input = ModelScanner.scan(file).graph().inputs().get(0);

        assertThat(input.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(input.dims()).hasValue(List.of(new Dim.Symbolic("batch"), new Dim.Fixed(4), new Dim.Symbolic("")));
    }

    @Test
    void anInitializerThatIsAnOutputIsPointedOut() {
        Path file = TestGraph.empty().weight("w", 1, 2).output("w").write(folder.resolve("model.onnx"));

        assertThat(ModelScanner.scan(file).warnings())
                .containsExactly("graph output 'w' is an initializer: changing it changes the output");
    }

    @Test
    void anInlineTensorOfTwoGigabytesIsSkippedNotRead() throws IOException {
        long elements = 1L << 29;
        byte[] tensorHead = write(out -> {
            out.writeInt64(1, elements);
            out.writeInt32(2, 1);
            out.writeString(8, "w");
            out.writeTag(9, 2);
            out.writeUInt64NoTag(elements * 4);
        });
        byte[] output = write(out -> out.writeByteArray(12, new byte[] {10, 1, 'w'}));
        byte[] graphHead = write(out -> {
            out.writeTag(5, 2);
            out.writeUInt64NoTag(tensorHead.length + elements * 4);
        });
        byte[] head = write(out -> {
            out.writeInt64(1, 10);
            out.writeByteArray(8, new byte[] {16, 20});
            out.writeTag(7, 2);
            out.writeUInt64NoTag(graphHead.length + tensorHead.length + elements * 4 + output.length);
            out.writeRawBytes(graphHead);
            out.writeRawBytes(tensorHead);
        });
        Path file = TestGraph.writeBytes(folder.resolve("large.onnx"), head);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.seek(head.length + elements * 4);
            sparse.write(output);
        }

        TensorIndex weight = ModelScanner.scan(file).graph().initializers().get("w");

        assertThat(weight.runs()).containsExactly(new ByteRegion(file, head.length, elements * 4));
    }

    private TensorIndex scan(byte[] tensorProto) {
        try {
            byte[] graph = write(out -> {
                out.writeByteArray(5, tensorProto);
                out.writeByteArray(12, new byte[] {10, 1, 'w'});
            });
            byte[] whole = write(out -> {
                out.writeInt64(1, 10);
                out.writeByteArray(8, new byte[] {16, 20});
                out.writeByteArray(7, graph);
            });
            ModelIndex index = ModelScanner.scan(TestGraph.writeBytes(folder.resolve("model.onnx"), whole));
            return index.graph().initializers().get("w");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private interface Writing {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] write(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        writing.write(out);
        out.flush();
        return bytes.toByteArray();
    }
}
