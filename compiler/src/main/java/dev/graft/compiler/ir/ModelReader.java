package dev.graft.compiler.ir;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.OperatorSetIdProto;
import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.FileBytes;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads a model for editing; weights stay in their files. */
public final class ModelReader {
    private ModelReader() {}

    /**
     * Reads a model.
     *
     * @throws GraftException {@code FILE_NOT_FOUND}, {@code IO_FAILED}, {@code ONNX_MALFORMED}, {@code ONNX_UNSUPPORTED} or {@code
     *     EXTERNAL_DATA_INVALID}
     */
    public static OnnxModel read(Path file) {
        FileBytes bytes = FileBytes.of(file);
        Skeleton skeleton = new Skeleton();
        ModelProto proto = readSkeleton(file, bytes, skeleton);
        return new GraphReader(file, skeleton).readModel(proto);
    }

    private static ModelProto readSkeleton(Path file, ByteSource bytes, Skeleton skeleton) {
        try (InputStream in = new FileInputStream(file.toFile())) {
            CodedInputStream coded = CodedInputStream.newInstance(in, 1 << 16);
            coded.setSizeLimit(Integer.MAX_VALUE);
            ModelProto proto = ModelProto.parseFrom(new SkeletonReader(coded, bytes, skeleton).read());
            if (!proto.hasGraph()) {
                throw malformed(file, "expected an ONNX model, got a file without a graph", null);
            }
            return proto;
        } catch (InvalidProtocolBufferException e) {
            throw malformed(file, "expected an ONNX model, got bytes that are not protobuf: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot read the model: " + IoReason.of(e),
                    Location.ofFile(file),
                    "Check that it is a regular file and that you may read it.",
                    e);
        }
    }

    static void readMetadata(List<StringStringEntryProto> entries, Map<String, String> target) {
        entries.forEach(entry -> target.putIfAbsent(entry.getKey(), entry.getValue()));
    }

    static void readOpsets(List<OperatorSetIdProto> imports, Map<String, Long> target) {
        imports.forEach(opset -> target.put(opset.getDomain(), opset.getVersion()));
    }

    private static GraftException malformed(
            Path file, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED,
                message,
                Location.ofFile(file),
                "Check that the file is complete and is an ONNX model.",
                cause);
    }
}
