package dev.graft.training.expand;

import com.google.protobuf.TextFormat;
import dev.graft.compiler.ir.ModelReader;
import dev.graft.compiler.ir.OnnxModel;
import dev.graft.compiler.ir.proto.ModelProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models written as protobuf text. */
final class TextModels {
    private TextModels() {}

    /** The model of that text, which is without the versions that all of them have. */
    static OnnxModel read(Path folder, String text) {
        try {
            ModelProto.Builder proto = ModelProto.newBuilder().setIrVersion(10);
            TextFormat.merge(text, proto);
            Path file = Files.write(folder.resolve("model.onnx"), proto.build().toByteArray());
            return ModelReader.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A float tensor's value information. */
    static String floats(String field, String name, Object... dims) {
        StringBuilder shape = new StringBuilder();
        for (Object dim : dims) {
            shape.append(
                    dim instanceof String ? "dim { dim_param: '" + dim + "' } " : "dim { dim_value: " + dim + " } ");
        }
        return field + " { name: '" + name + "' type { tensor_type { elem_type: 1 shape { " + shape + "} } } }\n";
    }
}
