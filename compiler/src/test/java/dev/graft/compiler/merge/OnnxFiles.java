package dev.graft.compiler.merge;

import dev.graft.compiler.scan.ModelIndex;
import dev.graft.compiler.scan.ModelScanner;
import dev.graft.compiler.wire.WireMessage;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Small ONNX files made by hand. */
public final class OnnxFiles {
    private final WireMessage graph = new WireMessage();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private String dataName = "model.data";

    public OnnxFiles dataName(String name) {
        dataName = name;
        return this;
    }

    public OnnxFiles node(String operator, String name, String output, String... inputs) {
        graph.message(1, nodeMessage(new WireMessage(), operator, name, output, inputs));
        return this;
    }

    /** A Gemm with transB, so that its weight is [out, in]. */
    public OnnxFiles gemm(String name, String output, String... inputs) {
        WireMessage transposed =
                new WireMessage().string(1, "transB").integer(3, 1).integer(20, 2);
        graph.message(1, nodeMessage(new WireMessage().message(5, transposed), "Gemm", name, output, inputs));
        return this;
    }

    /** Any part of the graph. */
    public OnnxFiles part(int field, WireMessage message) {
        graph.message(field, message);
        return this;
    }

    public static WireMessage nodeMessage(
            WireMessage message, String operator, String name, String output, String... inputs) {
        for (String input : inputs) {
            message.string(1, input);
        }
        return message.string(2, output).string(3, name).string(4, operator);
    }

    /** An initializer in raw_data. */
    public OnnxFiles inline(Tensor tensor) {
        graph.message(5, header(tensor).bytes(9, tensor.toBytes()));
        return this;
    }

    /** An initializer in float_data, in several packed chunks. */
    public OnnxFiles floatData(Tensor tensor, int chunkElements) {
        WireMessage proto = header(tensor);
        byte[] bytes = tensor.toBytes();
        for (int at = 0; at < bytes.length; at += chunkElements * 4) {
            proto.bytes(4, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + chunkElements * 4)));
        }
        graph.message(5, proto);
        return this;
    }

    /** An initializer in the data file, behind a gap. */
    public OnnxFiles external(Tensor tensor, int gap) {
        for (int i = 0; i < gap; i++) {
            data.write(0xA5);
        }
        return externalAt(tensor, data.size());
    }

    /** An initializer at a place of the data file, which is written only where the file does not reach yet. */
    public OnnxFiles externalAt(Tensor tensor, int offset) {
        byte[] bytes = tensor.toBytes();
        if (offset == data.size()) {
            data.write(bytes, 0, bytes.length);
        }
        graph.message(
                5,
                header(tensor)
                        .message(13, entry("location", dataName))
                        .message(13, entry("offset", Integer.toString(offset)))
                        .message(13, entry("length", Integer.toString(bytes.length)))
                        .integer(14, 1));
        return this;
    }

    public OnnxFiles input(String name) {
        graph.message(11, value(name));
        return this;
    }

    public OnnxFiles output(String name) {
        graph.message(12, value(name));
        return this;
    }

    public ModelIndex write(Path file) throws IOException {
        byte[] model = new WireMessage()
                .integer(1, 8)
                .string(2, "hand")
                .message(7, graph.string(2, "g"))
                .message(8, new WireMessage().string(1, "").integer(2, 17))
                // a field that no schema knows
                .string(7777, "kept as it is")
                .toBytes();
        Files.createDirectories(file.getParent());
        Files.write(file, model);
        if (data.size() > 0) {
            Files.createDirectories(file.resolveSibling(dataName).getParent());
            Files.write(file.resolveSibling(dataName), data.toByteArray());
        }
        return ModelScanner.scan(file);
    }

    public static WireMessage header(Tensor tensor) {
        WireMessage proto = new WireMessage();
        for (long dim : tensor.shape().toArray()) {
            proto.integer(1, dim);
        }
        return proto.integer(2, tensor.dtype().onnxNumber()).string(8, tensor.name());
    }

    private static WireMessage entry(String key, String value) {
        return new WireMessage().string(1, key).string(2, value);
    }

    private static WireMessage value(String name) {
        WireMessage tensor = new WireMessage().integer(1, DType.FLOAT32.onnxNumber());
        return new WireMessage().string(1, name).message(2, new WireMessage().message(1, tensor));
    }
}
