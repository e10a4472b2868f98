package dev.graft.compiler.scan;

import dev.graft.error.FileFault;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the values of small tensors that shape a graph, such as the target of a Reshape. */
public final class TensorValues {
    private static final long MAX_ELEMENTS = 64;

    private TensorValues() {}

    /**
     * The values of an int64 tensor of at most 64 elements, whatever its encoding; nothing for any other tensor.
     *
     * @throws dev.graft.error.GraftException {@code IO_FAILED} if the file cannot be read
     */
    public static Optional<List<Long>> readInts(TensorIndex tensor) {
        if (tensor.dtype() != DType.INT64 || tensor.shape().elements() > MAX_ELEMENTS) {
            return Optional.empty();
        }
        return tensor.storage() instanceof TensorStorage.Encoded
                ? readEncoded(tensor.proto())
                : tensor.tensor().map(TensorValues::readRaw);
    }

    private static List<Long> readRaw(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.wrap(tensor.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> values = new ArrayList<>();
        while (bytes.hasRemaining()) {
            values.add(bytes.getLong());
        }
        return values;
    }

    private static Optional<List<Long>> readEncoded(ByteRegion proto) {
        List<Long> values = new ArrayList<>();
        try (WireReader reader = new WireReader(proto.file(), IndexBudget.ofThisProcess())) {
            reader.readRegion(proto, (field, wire) -> {
                if (field != 7) {
                    reader.skip(wire);
                } else if (wire == WireReader.BYTES) {
                    reader.readPacked(wire, () -> values.add(reader.readVarint()));
                } else {
                    values.add(reader.readInt(wire));
                }
            });
        } catch (IOException e) {
            throw FileFault.unreadable(proto.file(), e);
        }
        return Optional.of(values);
    }
}
