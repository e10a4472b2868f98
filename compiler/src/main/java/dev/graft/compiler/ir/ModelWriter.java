package dev.graft.compiler.ir;

import dev.graft.compiler.ir.proto.ModelProto;
import dev.graft.compiler.ir.proto.OperatorSetIdProto;
import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.io.IoReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes a model; weights are streamed from where they lie, those in data files stay there. */
public final class ModelWriter {
    private static final long ARRAY_BYTES = Integer.MAX_VALUE - 8L;

    private ModelWriter() {}

    /**
     * Writes a model to a file, whose folder must hold the data files that the model refers to.
     *
     * @throws GraftException {@code ONNX_UNSUPPORTED} if it would be larger than protobuf can hold, {@code IO_FAILED}
     */
    public static void write(OnnxModel model, Path file) {
        Skeleton skeleton = new Skeleton();
        SkeletonWriter writer = new SkeletonWriter(skeleton);
        try {
            long size = writer.plan(toProto(model, new GraphWriter(skeleton)).toByteString());
            if (size > Integer.MAX_VALUE) {
                throw tooLarge(file, size);
            }
            try (OutputStream out = Files.newOutputStream(file)) {
                writer.write(out);
            }
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot write the model: " + IoReason.of(e),
                    Location.ofFile(file),
                    "Check the free space and that you may write to the folder.",
                    e);
        }
    }

    /**
     * A model as bytes that only refer to its weights: those that lie in files of a folder, in a model file too, become external data
     * at their place. For a session made from memory, which then maps the files instead of holding copies.
     *
     * @param folder what the references are relative to
     * @throws GraftException {@code ONNX_UNSUPPORTED} if what is not in files is larger than an array, {@code IO_FAILED}
     */
    public static byte[] toReferringBytes(OnnxModel model, Path folder) {
        Skeleton skeleton = new Skeleton();
        SkeletonWriter writer = new SkeletonWriter(skeleton);
        GraphWriter graphs = new GraphWriter(skeleton, new ReferredTensors(folder));
        try {
            long size = writer.plan(toProto(model, graphs).toByteString());
            if (size > ARRAY_BYTES) {
                throw tooLarge(folder, size);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(size));
            writer.write(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new GraftException(
                    ErrorCode.IO_FAILED,
                    "cannot put the model together: " + IoReason.of(e),
                    Location.ofFile(folder),
                    "Check that the files of the model are still there.",
                    e);
        }
    }

    private static ModelProto toProto(OnnxModel model, GraphWriter graphs) {
        ModelProto.Builder proto =
                model.rest == null ? ModelProto.newBuilder() : ((ModelProto) model.rest.message()).toBuilder();
        if (proto.getIrVersion() != model.irVersion) {
            proto.setIrVersion(model.irVersion);
        }
        List<OperatorSetIdProto> opsets = writeOpsets(proto.getOpsetImportList(), model.opsets);
        proto.clearOpsetImport().addAllOpsetImport(opsets);
        model.metadata.forEach((key, value) -> proto.addMetadataProps(entry(key, value)));
        model.functions().forEach(function -> proto.addFunctions(graphs.write(function)));
        return proto.setGraph(graphs.write(model.graph())).build();
    }

    /** The file's own imports where they still hold, so that what is not modelled in them stays, then new ones. */
    static List<OperatorSetIdProto> writeOpsets(List<OperatorSetIdProto> old, Map<String, Long> opsets) {
        return opsets.entrySet().stream()
                .map(entry -> old.stream()
                        .filter(opset -> opset.getDomain().equals(entry.getKey())
                                && Objects.equals(opset.getVersion(), entry.getValue()))
                        .findFirst()
                        .orElseGet(() -> OperatorSetIdProto.newBuilder()
                                .setDomain(entry.getKey())
                                .setVersion(entry.getValue())
                                .build()))
                .toList();
    }

    static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static GraftException tooLarge(Path file, long size) {
        return new GraftException(
                ErrorCode.ONNX_UNSUPPORTED,
                "the model would take " + size + " bytes, protobuf can hold " + Integer.MAX_VALUE,
                Location.ofFile(file),
                "Export the base with its weights as external data.");
    }
}
