package dev.graft.compiler.scan;

import static dev.graft.compiler.testing.TestGraph.attribute;
import static dev.graft.compiler.testing.TestGraph.nodeProto;
import static dev.graft.compiler.testing.TestGraph.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.compiler.testing.TestGraph;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scan refuses, with which words. */
class ModelScannerErrorsTest {
    @TempDir
    Path folder;

    @Test
    void aMissingFileAndAFolder() {
        assertRefused(folder.resolve("absent.onnx"), ErrorCode.FILE_NOT_FOUND, "no such file");
        assertRefused(folder, ErrorCode.UNKNOWN_FORMAT, "expected an ONNX file, got a folder or device");
    }

    @Test
    void filesOfOtherKinds() {
        assertRefused(
                bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".getBytes(StandardCharsets.US_ASCII)),
                ErrorCode.UNKNOWN_FORMAT,
                "a Git LFS pointer instead of an ONNX file");
        assertRefused(bytes(new byte[] {'P', 'K', 3, 4, 0}), ErrorCode.UNKNOWN_FORMAT, "an archive");
        assertRefused(bytes("    ORTM".getBytes(StandardCharsets.US_ASCII)), ErrorCode.UNKNOWN_FORMAT, "ORT format");
    }

    @Test
    void everyTruncationOfAModel() {
        byte[] whole = small().build().toByteArray();
        for (int length = 0; length < whole.length; length++) {
            Path file = bytes(Arrays.copyOf(whole, length));
            GraftException error = catchThrowableOfType(GraftException.class, () -> ModelScanner.scan(file));
            if (error == null) {
                // cut behind a whole field: what is left is a model, only without its producer or operator sets
                assertThat(ModelScanner.scan(file).graph().nodes()).hasSize(1);
            } else {
                assertThat(error.code()).isIn(ErrorCode.ONNX_MALFORMED);
            }
        }
    }

    @Test
    void anyBytesGiveAnErrorOfOursOrAnIndex() {
        byte[] whole = small().build().toByteArray();
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = whole.clone();
            for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Path file = bytes(damaged);
            try {
                ModelScanner.scan(file);
            } catch (GraftException e) {
                assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
            }
        }
    }

    @Test
    void twoInitializersOfOneName() {
        assertMalformed(small().weight("w", 1, 2), "two initializers are named 'w'");
    }

    @Test
    void twoAttributesOfOneName() {
        assertMalformed(
                small().node("Neg", "n", List.of("x"), List.of("z"), attribute("a", 1), attribute("a", 2)),
                "a node has two attributes named 'a'");
    }

    @Test
    void aValueMadeTwice() {
        assertMalformed(small().node("Neg", "n", List.of("x"), List.of("y")), "value 'y' is made twice");
    }

    @Test
    void aValueThatNothingMakes() {
        assertMalformed(
                small().node("Neg", "n", List.of("zz"), List.of("z")), "value 'zz' is read, but nothing makes it");
        assertMalformed(small().output("q"), "value 'q' is read, but nothing makes it");
    }

    @Test
    void functionsThatCallEachOther() {
        TestGraph test = small().function(
                        "f", "A", List.of("a"), List.of("b"), nodeProto("f:B", "", List.of("a"), List.of("b")))
                .function("f", "B", List.of("a"), List.of("b"), nodeProto("f:A", "", List.of("a"), List.of("b")));

        assertMalformed(test, "function f::A calls itself, directly or through others");
    }

    @Test
    void aLongChainOfFunctionsIsNoCycle() {
        TestGraph test = small();
        for (int i = 0; i < 5000; i++) {
            test.function(
                    "f",
                    "F" + i,
                    List.of("a"),
                    List.of("b"),
                    nodeProto(i == 0 ? "Neg" : "f:F" + (i - 1), "", List.of("a"), List.of("b")));
        }

        assertThat(ModelScanner.scan(test.write(folder.resolve("model.onnx"))).functions())
                .hasSize(5000);
    }

    @Test
    void aFunctionDefinedTwice() {
        var body = nodeProto("Neg", "", List.of("a"), List.of("b"));
        assertMalformed(
                small().function("f", "A", List.of("a"), List.of("b"), body)
                        .function("f", "A", List.of("a"), List.of("b"), body),
                "function f::A is defined twice");
    }

    @Test
    void subgraphsNestedTooDeep() {
        TestGraph inner = TestGraph.ofInput("x");
        for (int depth = 0; depth < 40; depth++) {
            inner = TestGraph.ofInput("x").node("If", "", List.of("x"), List.of(), attribute("then_branch", inner));
        }
        TestGraph outer = inner;

        assertMalformed(outer, "messages are nested more than 100 deep");
    }

    @Test
    void tensorsThatContradictThemselves() {
        assertMalformed(
                with(tensor("v", 1, 3).toBuilder().setDims(0, -3).build()),
                "tensor 'v': it has a negative dimension: [-3]");
        assertMalformed(
                with(tensor("v", 1, 3).toBuilder()
                        .setDims(0, 1L << 62)
                        .addDims(8)
                        .build()),
                "are more elements than a number can count");
        assertMalformed(
                with(tensor("v", 1, 3).toBuilder().setDataType(99).build()),
                "tensor 'v': its data_type is 99, which is no type of ONNX");
        assertMalformed(
                with(tensor("v", 1, 3).toBuilder().setDims(0, 4).build()),
                "tensor 'v': raw_data has 12 bytes, expected 16 for float32 [4]");
        assertMalformed(
                with(tensor("v", 1, 3).toBuilder().addFloatData(1).build()),
                "its data is stored twice, in float_data and raw_data");
        assertMalformed(
                with(tensor("v", 1, 3).toBuilder().clearRawData().build()),
                "tensor 'v': it has no data, expected 3 elements for shape [3]");
        assertMalformed(
                with(TestGraph.ints("v", 1, 2).toBuilder().setDims(0, 3).build()),
                "tensor 'v': int64_data has 2 values, expected 3 for int64 [3]");
        assertMalformed(
                with(TestGraph.ints("v", 1, 2).toBuilder().setDataType(1).build()), "int64_data cannot hold float32");
        assertMalformed(
                with(TensorProto.newBuilder()
                        .setName("v")
                        .setDataType(8)
                        .setRawData(ByteString.copyFromUtf8("text"))
                        .build()),
                "raw_data cannot hold string");
    }

    @Test
    void aHeaderWithoutWhatAModelNeeds() {
        assertMalformed(bytes(new byte[0]), "it has no ir_version");
        assertMalformed(
                small().write(
                                folder.resolve("v.onnx"),
                                m -> m.toBuilder().setIrVersion(-1).build()),
                "ir_version is -1");
        assertMalformed(
                small().write(
                                folder.resolve("v.onnx"),
                                m -> m.toBuilder().clearGraph().build()),
                "it has no graph");
        assertMalformed(
                small().write(
                                folder.resolve("v.onnx"),
                                m -> m.toBuilder().clearOpsetImport().build()),
                "it imports no operator set");
    }

    @Test
    void anIndexBeyondTheBudget() throws IOException {
        Path file = small().write(folder.resolve("model.onnx"));
        try (WireReader reader = new WireReader(file, new IndexBudget(100))) {
            GraftException error = catchThrowableOfType(
                    GraftException.class,
                    () -> new ModelReader(new ScanContext(reader, new ExternalData(file))).read());

            assertThat(error.code()).isEqualTo(ErrorCode.ONNX_UNSUPPORTED);
            assertThat(error).hasMessageContaining("names, nodes and attributes of this model take more than");
        }
    }

    @Test
    void namesThatAreNotText() throws IOException {
        byte[] bytes = small().build().toByteArray();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Neg");
        bytes[at] = (byte) 0xff;

        assertMalformed(bytes(bytes), "a name that is not UTF-8");
        assertThat(Files.size(folder.resolve("bytes.onnx"))).isEqualTo(bytes.length);
    }

    private TestGraph small() {
        return TestGraph.ofInput("x")
                .weight("w", 1, 2)
                .node("Neg", "first", List.of("x"), List.of("y"))
                .output("y");
    }

    private TestGraph with(TensorProto tensor) {
        return small().initializer(tensor);
    }

    private Path bytes(byte[] content) {
        return TestGraph.writeBytes(folder.resolve("bytes.onnx"), content);
    }

    private void assertMalformed(TestGraph test, String message) {
        assertMalformed(test.write(folder.resolve("model.onnx")), message);
    }

    private static void assertMalformed(Path file, String message) {
        assertRefused(file, ErrorCode.ONNX_MALFORMED, message);
    }

    private static void assertRefused(Path file, ErrorCode code, String message) {
        GraftException error = catchThrowableOfType(GraftException.class, () -> ModelScanner.scan(file));
        assertThat(error).as(message).isNotNull().hasMessageContaining(message);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.location().file()).isEqualTo(file);
    }
}
