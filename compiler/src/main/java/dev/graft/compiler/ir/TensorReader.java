package dev.graft.compiler.ir;

import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads tensors as references to their elements. */
final class TensorReader {
    private final Path file;
    private final Skeleton skeleton;

    TensorReader(Path file, Skeleton skeleton) {
        this.file = file;
        this.skeleton = skeleton;
    }

    TensorData read(TensorProto proto) {
        DType dtype = DType.ofOnnxNumber(proto.getDataType())
                .orElseThrow(() -> malformed(proto, "unknown number format " + proto.getDataType()));
        Shape shape = readShape(proto);
        TensorProto.Builder rest = proto.toBuilder()
                .clearDims()
                .clearRawData()
                .clearFloatData()
                .clearInt32Data()
                .clearInt64Data()
                .clearDoubleData()
                .clearUint64Data();
        return new TensorData(dtype, shape, readStorage(proto, dtype, shape), new Unmodelled(rest.build()));
    }

    private Shape readShape(TensorProto proto) {
        try {
            return Shape.of(
                    proto.getDimsList().stream().mapToLong(Long::longValue).toArray());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw malformed(proto, "dimensions " + proto.getDimsList() + " are not a shape");
        }
    }

    private TensorData.Storage readStorage(TensorProto proto, DType dtype, Shape shape) {
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return readExternal(proto, dtype.byteSize(shape.elements()));
        }
        List<Skeleton.Elements> fields = skeleton.redeem(proto.getRawData());
        if (fields.isEmpty()) {
            return readUnpacked(proto);
        }
        int field = fields.get(0).field();
        if (fields.stream().anyMatch(other -> other.field() != field)) {
            throw malformed(proto, "elements in several fields, expected one");
        }
        List<ByteSource> chunks = fields.stream().map(Skeleton.Elements::bytes).toList();
        return field == SkeletonField.RAW_DATA
                ? new TensorData.Storage.Raw(chunks.get(chunks.size() - 1))
                : new TensorData.Storage.Packed(field, chunks);
    }

    /** Elements that a writer has not packed: one field per element, which no writer of models is known to do. */
    private static TensorData.Storage readUnpacked(TensorProto proto) {
        TensorProto.Builder elements = TensorProto.newBuilder();
        int field = 0;
        if (proto.getFloatDataCount() > 0) {
            field = TensorDecoder.FLOAT_DATA;
            elements.addAllFloatData(proto.getFloatDataList());
        } else if (proto.getInt32DataCount() > 0) {
            field = TensorDecoder.INT32_DATA;
            elements.addAllInt32Data(proto.getInt32DataList());
        } else if (proto.getInt64DataCount() > 0) {
            field = TensorDecoder.INT64_DATA;
            elements.addAllInt64Data(proto.getInt64DataList());
        } else if (proto.getDoubleDataCount() > 0) {
            field = TensorDecoder.DOUBLE_DATA;
            elements.addAllDoubleData(proto.getDoubleDataList());
        } else if (proto.getUint64DataCount() > 0) {
            field = TensorDecoder.UINT64_DATA;
            elements.addAllUint64Data(proto.getUint64DataList());
        }
        return field == 0
                ? new TensorData.Storage.Other()
                : new TensorData.Storage.Packed(field, List.of(packed(elements.build())));
    }

    /** The contents of the only field of a message: what stands behind its tag and length. */
    private static ByteSource packed(TensorProto onlyElements) {
        try {
            var in = onlyElements.toByteString().newCodedInput();
            in.readTag();
            return ByteSource.ofArray(in.readByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private TensorData.Storage readExternal(TensorProto proto, long expected) {
        Map<String, String> entries = new LinkedHashMap<>();
        proto.getExternalDataList().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        String location = entries.getOrDefault("location", "");
        long offset = number(proto, entries.getOrDefault("offset", "0"));
        long length = number(proto, entries.getOrDefault("length", Long.toString(expected)));
        if (length != expected) {
            throw invalid(proto, "expected " + expected + " bytes of external data, got length " + length);
        }
        return new TensorData.Storage.External(location, new FileBytes(dataFile(proto, location), offset, length));
    }

    private Path dataFile(TensorProto proto, String location) {
        try {
            Path model = file.toAbsolutePath().normalize();
            Path folder = model.resolveSibling("");
            Path data = model.resolveSibling(location).normalize();
            if (!location.isEmpty() && data.startsWith(folder) && !data.equals(folder)) {
                return data;
            }
        } catch (InvalidPathException e) {
            throw invalid(proto, "'" + location + "' is not a path: " + e.getReason());
        }
        throw invalid(proto, "expected external data inside the model's folder, got '" + location + "'");
    }

    private long number(TensorProto proto, String digits) {
        try {
            long number = Long.parseLong(digits);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw invalid(proto, "expected a number of bytes, got '" + digits + "'");
        }
        throw invalid(proto, "expected a number of bytes, got " + digits);
    }

    private GraftException malformed(TensorProto proto, String message) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED, message, Location.ofTensor(file, proto.getName()), "Export the model again.");
    }

    private GraftException invalid(TensorProto proto, String message) {
        return new GraftException(
                ErrorCode.EXTERNAL_DATA_INVALID,
                message,
                Location.ofTensor(file, proto.getName()),
                "Keep the data file beside the model, under the name that the model was exported with.");
    }
}
