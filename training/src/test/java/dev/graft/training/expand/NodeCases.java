package dev.graft.training.expand;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.Value;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.testing.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** ONNX's own cases of single operators, with the inputs and outputs that it recorded. */
record NodeCases(String name, OnnxModel model, Map<String, HostTensor> inputs, Map<String, HostTensor> outputs) {
    /** The names of the cases of an operator that ONNX Runtime runs and agrees with. */
    static Stream<String> of(String operator) {
        try {
            JsonArray index = JsonParser.parseString(Files.readString(Shared.path("conformance/onnx_node_index.json")))
                    .getAsJsonArray();
            return index.asList().stream()
                    .map(JsonElement::getAsJsonObject)
                    .filter(entry -> entry.getAsJsonArray("ops").asList().stream()
                            .anyMatch(op -> op.getAsString().equals(operator)))
                    .filter(entry -> entry.get("ort_1_30_cpu").getAsString().equals("pass"))
                    .map(NodeCases::name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(JsonObject entry) {
        return entry.get("test").getAsString();
    }

    static NodeCases read(String name) {
        Path folder = Shared.path("conformance/onnx_node/" + name);
        OnnxModel model = ModelReader.read(folder.resolve("model.onnx"));
        Path data = folder.resolve("test_data_set_0");
        return new NodeCases(
                name,
                model,
                tensors(data, "input_", model.graph().inputs()),
                tensors(data, "output_", model.graph().outputs()));
    }

    private static Map<String, HostTensor> tensors(Path folder, String prefix, List<Value> values) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            tensors.put(values.get(i).name(), read(folder.resolve(prefix + i + ".pb")));
        }
        return tensors;
    }

    private static HostTensor read(Path file) {
        try {
            TensorProto proto = TensorProto.parseFrom(ByteString.copyFrom(Files.readAllBytes(file)));
            DType dtype = DType.ofOnnxNumber(proto.getDataType()).orElseThrow();
            Shape shape = Shape.of(
                    proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(proto.getRawData().size()).order(ByteOrder.LITTLE_ENDIAN);
            proto.getRawData().copyTo(bytes);
            return new HostTensor(dtype, shape, bytes.flip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
