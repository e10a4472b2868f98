package dev.graft.compiler.ir;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contents of an initializer or of a tensor attribute: a reference to bytes, not the bytes.
 *
 * @param dtype the number format
 * @param shape the dimensions
 * @param storage where the elements lie and how they will be written
 * @param rest what else the file says of it, or null for a tensor made here
 */
public record TensorData(
        DType dtype, Shape shape, Storage storage, @Nullable Unmodelled rest) {
    /** Where elements lie. */
    public sealed interface Storage {
        /** Row-major little-endian elements ({@code raw_data}). */
        record Raw(ByteSource bytes) implements Storage {}

        /**
         * Elements in a typed field as protobuf packs them: little-endian for floats and doubles, varints for integers.
         *
         * @param field the number of the TensorProto field
         * @param chunks the packed bytes, usually one chunk
         */
        record Packed(int field, List<ByteSource> chunks) implements Storage {}

        /**
         * Elements in a data file beside the model; the reference is written back as it is.
         *
         * @param location the location as the model writes it
         * @param bytes the elements
         */
        record External(String location, ByteSource bytes) implements Storage {}

        /** No elements, or strings, which stay with what the file says. */
        record Other() implements Storage {}
    }

    /** A tensor made here, written as {@code raw_data}. */
    public static TensorData of(Tensor tensor) {
        return new TensorData(tensor.dtype(), tensor.shape(), new Storage.Raw(tensor.bytes()), null);
    }

    /**
     * The elements as a dense tensor.
     *
     * @throws dev.graft.error.GraftException {@code ONNX_MALFORMED} if there are not as many as the shape says
     */
    public Tensor tensor(String name) {
        return TensorDecoder.decode(name, this);
    }

    /**
     * The same bytes, read as elements of another format; those in a data file stay there.
     *
     * @throws IllegalArgumentException if they are not as many bytes as that takes
     */
    public TensorData reinterpreted(String name, DType format, Shape newShape) {
        Tensor tensor = tensor(name);
        Tensor other = new Tensor(name, format, newShape, tensor.bytes());
        return isExternal() ? new TensorData(format, newShape, storage, rest) : of(other);
    }

    /** Whether the elements lie in a data file. */
    public boolean isExternal() {
        return storage instanceof Storage.External;
    }
}
