package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.FileFault;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Reads a NumPy archive: a ZIP file of {@code NAME.npy} entries, each
 *
 * <pre>
 * "\x93NUMPY" major minor length header data
 * length   2 bytes little-endian for major 1, 4 for major 2 and 3
 * header   {'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), } and white space
 * data     the elements, row-major
 * </pre>
 *
 * <p>Arrays of Python objects are pickles and refused. What arrays claim is bounded before it is believed, and memory grows with what is really there.
 */
final class NpzReader {
    private static final int MOST_ARRAYS = 1000;
    private static final int PIECE = 1 << 16;

    private final Path file;
    private long room = Runtime.getRuntime().maxMemory() / 2;

    private NpzReader(Path file) {
        this.file = file;
    }

    /**
     * The arrays of an archive, by name, in memory.
     *
     * @throws GraftException {@code TRAINING_DATA_INVALID}, {@code PICKLE_REFUSED}, {@code FILE_NOT_FOUND}, {@code IO_FAILED}
     */
    static Map<String, Tensor> read(Path file) {
        return new NpzReader(file).read();
    }

    private Map<String, Tensor> read() {
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = name(entry);
                if (tensors.put(name, readArray(name, zip)) != null || tensors.size() > MOST_ARRAYS) {
                    throw invalid("expected at most " + MOST_ARRAYS + " arrays of different names, got another '" + name
                            + "'");
                }
            }
            requireWhole(tensors.size());
            return tensors;
        } catch (NoSuchFileException e) {
            throw new GraftException(
                    ErrorCode.FILE_NOT_FOUND, "no such file", Location.ofFile(file), "Check the path.", e);
        } catch (java.util.zip.ZipException | java.io.EOFException | IllegalArgumentException e) {
            throw invalid("not a NumPy archive: " + e.getMessage());
        } catch (IOException e) {
            throw FileFault.unreadable(file, e);
        }
    }

    /** What a stream of entries does not show: whether the archive goes on to its end, where a directory counts them. */
    private void requireWhole(int entries) throws IOException {
        try (ZipFile whole = new ZipFile(file.toFile())) {
            if (whole.size() != entries) {
                throw invalid("expected the archive's " + whole.size() + " arrays, got " + entries);
            }
        } catch (java.util.zip.ZipException e) {
            throw invalid("not a whole NumPy archive, but one that was cut off, or another file: " + e.getMessage());
        }
    }

    private String name(ZipEntry entry) {
        String name = entry.getName();
        if (!name.endsWith(".npy") || name.length() > 1000) {
            throw invalid("expected entries NAME.npy, got '" + LabelledTexts.shorten(name) + "'");
        }
        return name.substring(0, name.length() - 4);
    }

    private Tensor readArray(String name, InputStream stream) throws IOException {
        NpyHeader header = NpyHeader.read(name, file, stream);
        long size;
        try {
            size = header.dtype().byteSize(header.shape().elements());
        } catch (ArithmeticException e) {
            size = Long.MAX_VALUE;
        }
        if (size > room || size > Integer.MAX_VALUE - 8) {
            throw TensorFile.invalid(
                    file,
                    name,
                    "an array of " + header.shape()
                            + " does not fit into memory; give Java a larger heap, or write safetensors");
        }
        room -= size;
        byte[] data = readData(name, stream, (int) size);
        return new Tensor(name, header.dtype(), header.shape(), ByteSource.ofArray(data));
    }

    private byte[] readData(String name, InputStream stream, int size) throws IOException {
        byte[] data = new byte[Math.min(size, PIECE)];
        int filled = 0;
        while (filled < size) {
            if (filled == data.length) {
                data = Arrays.copyOf(data, (int) Math.min(size, data.length * 2L));
            }
            int count = stream.read(data, filled, data.length - filled);
            if (count < 0) {
                throw TensorFile.invalid(file, name, "expected " + size + " bytes of data, got " + filled);
            }
            filled += count;
        }
        if (stream.read() >= 0) {
            throw TensorFile.invalid(file, name, "expected " + size + " bytes of data, got more");
        }
        return data;
    }

    private GraftException invalid(String message) {
        return TensorFile.invalid(file, null, message);
    }
}
