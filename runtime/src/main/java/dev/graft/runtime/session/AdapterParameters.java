package dev.graft.runtime.session;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.FileBytes;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads which tensors an {@code .onnx_adapter} file holds. */
final class AdapterParameters {
    private AdapterParameters() {}

    static List<AdapterParameter> read(Path file) {
        FileBytes bytes = FileBytes.of(file);
        ByteBuffer b = ByteBuffer.allocate((int) bytes.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.read(0, b);
        b.flip();
        try {
            if (b.getInt(4) != 0x54524f54) {
                throw new IndexOutOfBoundsException();
            }
            List<AdapterParameter> found = new ArrayList<>();
            int root = b.getInt(0);
            int vector = follow(b, root, 3);
            int count = b.getInt(vector);
            for (int i = 0; i < count; i++) {
                int at = vector + 4 + 4 * i;
                int table = at + b.getInt(at);
                int name = follow(b, table, 0);
                byte[] chars = new byte[b.getInt(name)];
                b.get(name + 4, chars);
                int dims = follow(b, table, 1);
                long[] shape = new long[b.getInt(dims)];
                for (int d = 0; d < shape.length; d++) {
                    shape[d] = b.getLong(dims + 4 + 8 * d);
                }
                int type = b.getInt(table + slot(b, table, 2));
                found.add(new AdapterParameter(new String(chars, StandardCharsets.UTF_8),
                        DType.ofOnnxNumber(type).orElseThrow(IndexOutOfBoundsException::new), Shape.of(shape)));
            }
            return found;
        } catch (RuntimeException e) {
            throw new GraftException(ErrorCode.ONNX_ADAPTER_MALFORMED, "not an onnx_adapter file", Location.ofFile(file), "", e);
        }
    }

    private static int slot(ByteBuffer b, int table, int index) {
        int vtable = table - b.getInt(table);
        return b.getShort(vtable + 4 + 2 * index);
    }

    private static int follow(ByteBuffer b, int table, int index) {
        int at = table + slot(b, table, index);
        return at + b.getInt(at);
    }
}
