package dev.graft.adapter.format.onnxadapter;

import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the tables of an {@code .onnx_adapter}; see the package's page for the layout. */
public final class OnnxAdapterReader {
    /** {@code TORT}, little-endian. */
    static final int IDENTIFIER = 0x54524f54;

    static final int FORMAT_VERSION = 1;
    private static final int MAX_DIMS = 64;
    private static final int MAX_TENSORS = 200_000;

    private final FlatBytes bytes;

    private OnnxAdapterReader(FlatBytes bytes) {
        this.bytes = bytes;
    }

    /**
     * Opens a file.
     *
     * @throws GraftException {@code ONNX_ADAPTER_MALFORMED} where ONNX Runtime would not load it, or where a name occurs twice
     */
    public static OnnxAdapterFile read(Path file) {
        try (FlatBytes bytes = new FlatBytes(file)) {
            return new OnnxAdapterReader(bytes).readFile(file);
        }
    }

    private OnnxAdapterFile readFile(Path file) {
        if (bytes.size() <= 8 || bytes.readInt(4) != IDENTIFIER) {
            throw bytes.malformed("expected the identifier 'TORT' at byte 4", 4);
        }
        if (bytes.size() > Integer.MAX_VALUE) {
            throw bytes.malformed("the format ends at 2 GiB, the file has " + bytes.size() + " bytes", 0);
        }
        FlatTable adapter = new FlatTable(bytes, bytes.follow(0));
        int version = adapter.readInt(0);
        if (version != FORMAT_VERSION) {
            throw bytes.malformed("expected format version " + FORMAT_VERSION + ", got " + version, 8);
        }
        return new OnnxAdapterFile(file, adapter.readInt(1), adapter.readInt(2), tensors(adapter.follow(3)));
    }

    private Map<String, Tensor> tensors(long vector) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int count = vector < 0 ? 0 : bytes.vectorLength(vector, 4);
        if (count > MAX_TENSORS) {
            throw bytes.malformed("more than " + MAX_TENSORS + " tensors", vector);
        }
        for (int i = 0; i < count; i++) {
            long place = vector + 4 + 4L * i;
            Tensor tensor = tensor(new FlatTable(bytes, bytes.follow(place)));
            if (tensors.put(tensor.name(), tensor) != null) {
                throw bytes.malformed("the name '" + tensor.name() + "' occurs twice", place);
            }
        }
        return tensors;
    }

    private Tensor tensor(FlatTable parameter) {
        long namePlace = parameter.require(0, "name");
        String name = bytes.readString(namePlace);
        Shape shape = shape(parameter.require(1, "dims"), name);
        int number = parameter.readInt(2);
        DType dtype = DType.ofOnnxNumber(number)
                .filter(type -> type.isByteSized() && type != DType.COMPLEX64 && type != DType.COMPLEX128)
                .orElseThrow(
                        () -> bytes.malformed("'" + name + "' has the unsupported data type " + number, namePlace));
        long data = parameter.require(3, "raw_data");
        int length = bytes.dataLength(data);
        long expected = byteSize(dtype, shape, name, data);
        if (length != expected) {
            throw bytes.malformed(
                    "'" + name + "' should have " + expected + " bytes for " + dtype.displayName() + " " + shape
                            + ", but has " + length,
                    data);
        }
        return new Tensor(name, dtype, shape, bytes.slice(data + 4, length));
    }

    private Shape shape(long vector, String name) {
        int count = bytes.vectorLength(vector, 8);
        if (count == 0 || count > MAX_DIMS) {
            throw bytes.malformed("'" + name + "' has " + count + " dimensions, expected 1 to " + MAX_DIMS, vector);
        }
        long[] dims = new long[count];
        for (int i = 0; i < count; i++) {
            dims[i] = bytes.readLong(vector + 4 + 8L * i);
            if (dims[i] < 0) {
                throw bytes.malformed("'" + name + "' has the negative dimension " + dims[i], vector);
            }
        }
        try {
            return Shape.of(dims);
        } catch (ArithmeticException e) {
            throw tooLarge(name, vector);
        }
    }

    private long byteSize(DType dtype, Shape shape, String name, long place) {
        try {
            return dtype.byteSize(shape.elements());
        } catch (ArithmeticException e) {
            throw tooLarge(name, place);
        }
    }

    private GraftException tooLarge(String name, long place) {
        return bytes.malformed("'" + name + "' has more elements than a file can hold", place);
    }
}
