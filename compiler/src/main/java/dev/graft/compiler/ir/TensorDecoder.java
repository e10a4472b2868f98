package dev.graft.compiler.ir;

import com.google.protobuf.CodedInputStream;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Brings the elements of a tensor into one run of little-endian bytes. */
final class TensorDecoder {
    static final int FLOAT_DATA = 4;
    static final int INT32_DATA = 5;
    static final int INT64_DATA = 7;
    static final int DOUBLE_DATA = 10;
    static final int UINT64_DATA = 11;

    private TensorDecoder() {}

    static Tensor decode(String name, TensorData data) {
        ByteSource bytes = bytes(name, data);
        long expected = data.dtype().byteSize(data.shape().elements());
        if (bytes.size() != expected) {
            throw malformed(
                    name,
                    "expected " + expected + " bytes for " + data.dtype() + " " + data.shape() + ", got "
                            + bytes.size());
        }
        return new Tensor(name, data.dtype(), data.shape(), bytes);
    }

    private static ByteSource bytes(String name, TensorData data) {
        if (data.storage() instanceof TensorData.Storage.Raw raw) {
            return raw.bytes();
        }
        if (data.storage() instanceof TensorData.Storage.External external) {
            return external.bytes();
        }
        return data.storage() instanceof TensorData.Storage.Packed packed
                ? unpack(name, packed, data.dtype())
                : ByteSource.ofArray(new byte[0]);
    }

    private static ByteSource unpack(String name, TensorData.Storage.Packed packed, DType dtype) {
        boolean fixedWidth = packed.field() == FLOAT_DATA || packed.field() == DOUBLE_DATA;
        if (fixedWidth && packed.chunks().size() == 1) {
            return packed.chunks().get(0);
        }
        byte[] all = concatenated(name, packed.chunks());
        return ByteSource.ofArray(fixedWidth ? all : varints(name, all, Math.max(1, dtype.bits() / 8)));
    }

    private static byte[] concatenated(String name, List<ByteSource> chunks) {
        long size = chunks.stream().mapToLong(ByteSource::size).sum();
        if (size > Integer.MAX_VALUE - 8) {
            throw malformed(name, size + " bytes in several chunks");
        }
        ByteBuffer all = ByteBuffer.allocate((int) size);
        for (ByteSource chunk : chunks) {
            chunk.read(0, all.limit(all.position() + (int) chunk.size()));
        }
        return all.array();
    }

    /** Integers of any width are varints of 64 bits, two's complement; the low bytes are the element. */
    private static byte[] varints(String name, byte[] packed, int width) {
        CodedInputStream in = CodedInputStream.newInstance(packed);
        ByteArrayOutputStream out = new ByteArrayOutputStream(packed.length);
        try {
            while (!in.isAtEnd()) {
                long element = in.readRawVarint64();
                for (int i = 0; i < width; i++) {
                    out.write((int) (element >>> 8 * i));
                }
            }
        } catch (IOException e) {
            throw malformed(name, "its integers are not whole varints");
        }
        return out.toByteArray();
    }

    private static GraftException malformed(String name, String message) {
        return new GraftException(
                ErrorCode.ONNX_MALFORMED, message, Location.ofTensor(null, name), "Export the model again.");
    }
}
