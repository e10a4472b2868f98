package dev.graft.cli.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads NumPy's {@code .npz}: a zip of arrays, each with a header in Python's syntax (NEP 1). */
final class Npz {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([^)]*)\\)");

    private Npz() {}

    static Map<String, Tensor> read(Path file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                String name = entry.getName().replaceAll("\\.npy$", "");
                tensors.put(name, tensor(name, zip.getInputStream(entry).readAllBytes()));
            }
        }
        return tensors;
    }

    private static Tensor tensor(String name, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes[6] == 1 ? 10 : 12;
        int length = bytes[6] == 1 ? buffer.getShort(8) & 0xffff : buffer.getInt(8);
        Matcher header = HEADER.matcher(new String(bytes, start, length, ISO_8859_1));
        if (!header.find()) {
            throw new IllegalArgumentException(name + ": unexpected header");
        }
        long[] dims = Stream.of(header.group(2).split(","))
                .map(String::strip)
                .filter(dim -> !dim.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        byte[] data = Arrays.copyOfRange(bytes, start + length, bytes.length);
        return new Tensor(name, dtype(header.group(1)), Shape.of(dims), ByteSource.ofArray(data));
    }

    private static DType dtype(String descr) {
        return switch (descr) {
            case "<f4" -> DType.FLOAT32;
            case "<f8" -> DType.FLOAT64;
            case "<f2" -> DType.FLOAT16;
            case "<i8" -> DType.INT64;
            case "<i4" -> DType.INT32;
            case "|b1" -> DType.BOOL;
            default -> throw new IllegalArgumentException("unexpected type " + descr);
        };
    }
}
