package dev.graft.compiler.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.proto.GraphProto;
import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelReaderTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model.onnx");
    }

    @Test
    void weightsAreReferencesAndWrittenBackFromTheFile() throws IOException {
        byte[] weights = new byte[40_000];
        weights[39_999] = 7;
        ModelProto model = model(TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(10_000)
                .setRawData(ByteString.copyFrom(weights)));
        write(model);

        OnnxModel read = ModelReader.read(file);
        Path copy = folder.resolve("copy.onnx");
        ModelWriter.write(read, copy);

        TensorData data = read.graph().initializers().get(0).initializer().orElseThrow();
        assertThat(data.tensor("w").file()).isEqualTo(file);
        assertThat(ModelProto.parseFrom(Files.readAllBytes(copy))).isEqualTo(model);
    }

    @Test
    void integersInVarintsDecodeToTheirWidth() throws IOException {
        write(model(TensorProto.newBuilder()
                .setName("halves")
                .setDataType(10)
                .addDims(2)
                .addInt32Data(0x3c00)
                .addInt32Data(0xc000)));

        TensorData data = ModelReader.read(file)
                .graph()
                .initializers()
                .get(0)
                .initializer()
                .orElseThrow();

        assertThat(data.tensor("halves").toDoubles()).containsExactly(1, -2);
    }

    @Test
    void elementsThatAreMissingAreNoticedWhenTheyAreRead() throws IOException {
        write(model(TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(3)
                .setRawData(ByteString.copyFrom(new byte[8]))));
        TensorData data = ModelReader.read(file)
                .graph()
                .initializers()
                .get(0)
                .initializer()
                .orElseThrow();

        assertThatThrownBy(() -> data.tensor("w"))
                .isInstanceOf(GraftException.class)
                .hasMessageContaining("expected 12 bytes for FLOAT32 [3], got 8");
    }

    @Test
    void dataOutsideTheFolderIsRefused() throws IOException {
        write(model(TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("../secret"))));

        refused(ErrorCode.EXTERNAL_DATA_INVALID, "expected external data inside the model's folder, got '../secret'");
    }

    @Test
    void twoDefinitionsOfAValueAreRefused() throws IOException {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("w").setDataType(1);
        write(model(tensor).toBuilder()
                .setGraph(GraphProto.newBuilder().addInitializer(tensor).addInitializer(tensor))
                .build());

        refused(ErrorCode.ONNX_MALFORMED, "two definitions of the value 'w'");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Files.writeString(file, "{\"not\": \"a model\"}");

        refused(ErrorCode.ONNX_MALFORMED, "expected an ONNX model");
    }

    @Test
    void graphsNestedWithoutEndAreRefused() throws IOException {
        ByteString graph = GraphProto.newBuilder().setName("g").build().toByteString();
        for (int depth = 0; depth < 200; depth++) {
            ByteString attribute = field(6, graph);
            graph = field(1, field(5, attribute));
        }
        Files.write(file, field(7, graph).toByteArray());

        refused(ErrorCode.ONNX_MALFORMED, "graphs are nested more than");
    }

    private void refused(ErrorCode code, String message) {
        assertThatThrownBy(() -> ModelReader.read(file))
                .isInstanceOfSatisfying(
                        GraftException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    /** A length-delimited field. */
    private static ByteString field(int number, ByteString bytes) throws IOException {
        ByteString.Output out = ByteString.newOutput();
        var coded = com.google.protobuf.CodedOutputStream.newInstance(out);
        coded.writeBytes(number, bytes);
        coded.flush();
        return out.toByteString();
    }

    private static ModelProto model(TensorProto.Builder initializer) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(GraphProto.newBuilder().setName("g").addInitializer(initializer))
                .build();
    }

    private void write(ModelProto model) throws IOException {
        Files.write(file, model.toByteArray());
    }
}
