package dev.graft.adapter.format.onnxadapter;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.FileOutput;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code .onnx_adapter} files: the same bytes for the same tensors on every machine.
 *
 * <p>All tables stand in front, written by hand from first byte to last, so that the data can be streamed behind them:
 *
 * <pre>
 * root offset, "TORT", vtable {12, 20, 4, 8, 12, 16} that all tables share,
 * Adapter table, vector of offsets, then for each parameter by name: table, name, dims; then each raw_data at a multiple of 64
 * </pre>
 */
public final class OnnxAdapterWriter {
    private static final int DATA_ALIGNMENT = 64;
    private static final int WINDOW = 1 << 20;
    private static final int VTABLE = 8;
    private static final int VTABLE_BYTES = 12;
    private static final int TABLE_BYTES = 20;
    private static final int ADAPTER = VTABLE + VTABLE_BYTES;
    private static final int VECTOR = ADAPTER + TABLE_BYTES;

    private static final int NO_VERSION = 1;

    private final @Nullable Path file;
    private final int modelVersion;
    private final List<Tensor> tensors;
    private final int[] tablePlaces;
    private final int[] dataPlaces;

    private OnnxAdapterWriter(@Nullable Path file, Collection<Tensor> tensors, int modelVersion) {
        this.file = file;
        this.modelVersion = modelVersion;
        this.tensors = new ArrayList<>(tensors);
        this.tensors.sort(Comparator.comparing(OnnxAdapterWriter::utf8, Arrays::compareUnsigned));
        this.tablePlaces = new int[tensors.size()];
        this.dataPlaces = new int[tensors.size()];
    }

    /**
     * Writes a file in place, reading each tensor once and window by window; stage the path in an {@link
     * dev.graft.io.OutputTransaction} to have it appear whole.
     *
     * @param tensors with at least one dimension each; any order; names must differ
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if the file would be larger than the format's 2 GiB, {@code IO_FAILED}
     */
    public static void write(Path file, Collection<Tensor> tensors) {
        write(file, tensors, NO_VERSION);
    }

    /**
     * Writes a file for one base.
     *
     * @param base its fingerprint
     * @throws GraftException as {@link #write(Path, Collection)}
     */
    public static void write(Path file, Collection<Tensor> tensors, int base) {
        new OnnxAdapterWriter(file, tensors, base).write(file);
    }

    /**
     * The bytes of a file, in memory outside the Java heap.
     *
     * @param tensors as for a file
     * @return a direct buffer, from 0 to its limit
     * @throws GraftException {@code CONVERT_UNSUPPORTED} if they take more than the format's 2 GiB, {@code IO_FAILED}
     */
    public static ByteBuffer toBuffer(Collection<Tensor> tensors) {
        return new OnnxAdapterWriter(null, tensors, NO_VERSION).toBuffer();
    }

    private ByteBuffer toBuffer() {
        ByteBuffer tables = tables();
        int last = dataPlaces.length - 1;
        long end = last < 0
                ? tables.limit()
                : dataPlaces[last] + tensors.get(last).bytes().size();
        ByteBuffer all = ByteBuffer.allocateDirect((int) end).order(ByteOrder.LITTLE_ENDIAN);
        all.put(tables);
        for (int i = 0; i < dataPlaces.length; i++) {
            ByteSource data = tensors.get(i).bytes();
            all.putInt(dataPlaces[i] - 4, (int) data.size());
            copy(data, all.slice(dataPlaces[i], (int) data.size()));
        }
        return all.clear();
    }

    /** In windows, because what is computed when it is read is computed on the heap. */
    private static void copy(ByteSource data, ByteBuffer target) {
        int size = target.limit();
        for (int done = 0; done < size; done += WINDOW) {
            data.read(done, target.limit(Math.min(done + WINDOW, size)));
        }
    }

    private void write(Path target) {
        ByteBuffer tables = tables();
        FileOutput.write(target, output -> {
            output.write(tables);
            for (int i = 0; i < dataPlaces.length; i++) {
                writeData(output, tensors.get(i), dataPlaces[i]);
            }
        });
    }

    /** Decides every place, then writes the tables. */
    private ByteBuffer tables() {
        long end = VECTOR + 4 + 4L * tensors.size();
        for (int i = 0; i < tablePlaces.length; i++) {
            tablePlaces[i] = checked(end);
            end = afterDims(tensors.get(i), end);
        }
        int tablesEnd = checked(end);
        for (int i = 0; i < dataPlaces.length; i++) {
            // the vector's length stands in the four bytes before its aligned first element
            end = (end + 4 + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT;
            dataPlaces[i] = checked(end);
            end += tensors.get(i).bytes().size();
        }
        checked(end);
        ByteBuffer buffer = ByteBuffer.allocate(tablesEnd).order(ByteOrder.LITTLE_ENDIAN);
        putAdapter(buffer);
        for (int i = 0; i < tablePlaces.length; i++) {
            putParameter(buffer, tensors.get(i), tablePlaces[i], dataPlaces[i]);
        }
        return buffer.clear();
    }

    private static long afterDims(Tensor tensor, long table) {
        long dims = (table + TABLE_BYTES + 4 + utf8(tensor).length + 1 + 3) / 4 * 4;
        return dims + 4 + 8L * tensor.shape().rank();
    }

    private void putAdapter(ByteBuffer buffer) {
        buffer.putInt(ADAPTER).putInt(OnnxAdapterReader.IDENTIFIER);
        for (int entry : new int[] {VTABLE_BYTES, TABLE_BYTES, 4, 8, 12, 16}) {
            buffer.putShort((short) entry);
        }
        buffer.putInt(ADAPTER - VTABLE)
                .putInt(OnnxAdapterReader.FORMAT_VERSION)
                .putInt(NO_VERSION)
                .putInt(modelVersion)
                .putInt(4);
        buffer.putInt(tablePlaces.length);
        for (int place : tablePlaces) {
            buffer.putInt(place - buffer.position());
        }
    }

    private static void putParameter(ByteBuffer buffer, Tensor tensor, int table, int data) {
        byte[] name = utf8(tensor);
        int namePlace = table + TABLE_BYTES;
        int dimsPlace =
                (int) (afterDims(tensor, table) - 4 - 8L * tensor.shape().rank());
        buffer.position(table)
                .putInt(table - VTABLE)
                .putInt(namePlace - (table + 4))
                .putInt(dimsPlace - (table + 8))
                .putInt(tensor.dtype().onnxNumber())
                .putInt(data - 4 - (table + 16));
        buffer.putInt(name.length).put(name);
        buffer.position(dimsPlace).putInt(tensor.shape().rank());
        for (long dim : tensor.shape().toArray()) {
            buffer.putLong(dim);
        }
    }

    private void writeData(FileOutput output, Tensor tensor, int place) throws IOException {
        long size = tensor.bytes().size();
        int gap = (int) (place - output.position());
        ByteBuffer head = ByteBuffer.allocate(gap).order(ByteOrder.LITTLE_ENDIAN);
        output.write(head.putInt(gap - 4, (int) size));
        output.write(tensor.bytes());
    }

    private static byte[] utf8(Tensor tensor) {
        return tensor.name().getBytes(StandardCharsets.UTF_8);
    }

    private int checked(long place) {
        if (place > Integer.MAX_VALUE) {
            throw new GraftException(
                    ErrorCode.CONVERT_UNSUPPORTED,
                    "an .onnx_adapter ends at 2 GiB, and these tensors take more",
                    file == null ? Location.NONE : Location.ofFile(file),
                    "Use fewer targets, a smaller rank or a 16-bit type.");
        }
        return (int) place;
    }
}
