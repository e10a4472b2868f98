package dev.graft.compiler.ir;

import dev.graft.compiler.ir.proto.StringStringEntryProto;
import dev.graft.compiler.ir.proto.TensorProto;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Turns tensors whose elements lie in a file, as they would as {@code raw_data}, into external data at that place of the file. */
final class ReferredTensors {
    /** What is smaller is not worth a reference; ONNX Runtime also wants to see the contents of shapes while it infers types. */
    private static final long WORTHWHILE_BYTES = 4096;

    private final Path folder;

    ReferredTensors(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** The tensor as a reference, or {@code written} where it cannot be one. */
    TensorProto refer(TensorData data, String name, TensorProto written) {
        Optional<FileBytes> place = place(data);
        if (place.isEmpty() || place.get().size() < WORTHWHILE_BYTES) {
            return written;
        }
        Path file = place.get().file().toAbsolutePath().normalize();
        if (!file.startsWith(folder)) {
            return written;
        }
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(data.dtype().onnxNumber())
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", folder.relativize(file).toString()))
                .addExternalData(entry("offset", Long.toString(place.get().offset())))
                .addExternalData(entry("length", Long.toString(place.get().size())));
        for (long dim : data.shape().toArray()) {
            proto.addDims(dim);
        }
        return proto.build();
    }

    private static Optional<FileBytes> place(TensorData data) {
        if (data.storage() instanceof TensorData.Storage.Raw raw) {
            return region(raw.bytes());
        }
        if (data.storage() instanceof TensorData.Storage.Packed packed && isRaw(data.dtype(), packed.chunks())) {
            return region(packed.chunks().get(0));
        }
        return Optional.empty();
    }

    /** Packed floats and doubles are the bytes that raw data would be; packed integers are of variable length. */
    private static boolean isRaw(DType dtype, List<ByteSource> chunks) {
        return chunks.size() == 1 && (dtype == DType.FLOAT32 || dtype == DType.FLOAT64);
    }

    private static Optional<FileBytes> region(ByteSource bytes) {
        return bytes instanceof FileBytes file ? Optional.of(file) : Optional.empty();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
