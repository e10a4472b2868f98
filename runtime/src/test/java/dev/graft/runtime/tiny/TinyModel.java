package dev.graft.runtime.tiny;

import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds an ONNX model of a few nodes; field numbers as in onnx-ml.proto. */
public final class TinyModel {
    private final ProtoWriter graph = new ProtoWriter().string(2, "tiny");
    private final List<ProtoWriter> metadata = new ArrayList<>();
    private final long irVersion;

    private TinyModel(long irVersion) {
        this.irVersion = irVersion;
    }

    /** A model of IR version 8, operator set 17. */
    public static TinyModel create() {
        return new TinyModel(8);
    }

    /** A model of another IR version. */
    public static TinyModel ofIrVersion(long version) {
        return new TinyModel(version);
    }

    /** An input of an ONNX type number; a dimension is a number or a symbol. */
    public TinyModel input(String name, int type, Object... dims) {
        graph.message(11, value(name, type, dims));
        return this;
    }

    /** An output. */
    public TinyModel output(String name, int type, Object... dims) {
        graph.message(12, value(name, type, dims));
        return this;
    }

    /** A weight. */
    public TinyModel initializer(Tensor tensor) {
        ProtoWriter proto = new ProtoWriter();
        for (long dim : tensor.shape().toArray()) {
            proto.number(1, dim);
        }
        proto.number(2, tensor.dtype().onnxNumber()).string(8, tensor.name()).bytes(9, tensor.toBytes());
        graph.message(5, proto);
        return this;
    }

    /** A node without attributes. */
    public TinyModel node(String operator, List<String> inputs, String... outputs) {
        return node(operator, Map.of(), inputs, outputs);
    }

    /** A node with integer attributes. */
    public TinyModel node(String operator, Map<String, Long> attributes, List<String> inputs, String... outputs) {
        ProtoWriter proto = new ProtoWriter();
        inputs.forEach(input -> proto.string(1, input));
        List.of(outputs).forEach(output -> proto.string(2, output));
        proto.string(3, operator + "_" + outputs[0]).string(4, operator);
        attributes.forEach((name, value) -> proto.message(
                5, new ProtoWriter().string(1, name).number(3, value).number(20, 2)));
        graph.message(1, proto);
        return this;
    }

    /** A metadata property. */
    public TinyModel metadata(String key, String value) {
        metadata.add(new ProtoWriter().string(1, key).string(2, value));
        return this;
    }

    /** Writes the model. */
    public Path write(Path file) {
        ProtoWriter proto = new ProtoWriter()
                .number(1, irVersion)
                .message(7, graph)
                .message(8, new ProtoWriter().string(1, "").number(2, 17));
        metadata.forEach(entry -> proto.message(14, entry));
        byte[] model = proto.toByteArray();
        try {
            return Files.write(file, model);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProtoWriter value(String name, int type, Object... dims) {
        ProtoWriter shape = new ProtoWriter();
        for (Object dim : dims) {
            shape.message(
                    1,
                    dim instanceof Number length
                            ? new ProtoWriter().number(1, length.longValue())
                            : new ProtoWriter().string(2, dim.toString()));
        }
        ProtoWriter tensor = new ProtoWriter().number(1, type).message(2, shape);
        return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, tensor));
    }
}
