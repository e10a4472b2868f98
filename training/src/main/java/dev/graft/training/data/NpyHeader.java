package dev.graft.training.data;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What precedes the elements of a NumPy array.
 *
 * @param dtype the number format
 * @param shape the dimensions
 */
record NpyHeader(DType dtype, Shape shape) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST = 10_000;
    private static final int MOST_DIMENSIONS = 32;
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']{1,20})'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9L, ]*)\\)");
    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("f8", DType.FLOAT64),
            Map.entry("f4", DType.FLOAT32),
            Map.entry("f2", DType.FLOAT16),
            Map.entry("i8", DType.INT64),
            Map.entry("i4", DType.INT32),
            Map.entry("i2", DType.INT16),
            Map.entry("i1", DType.INT8),
            Map.entry("u8", DType.UINT64),
            Map.entry("u4", DType.UINT32),
            Map.entry("u2", DType.UINT16),
            Map.entry("u1", DType.UINT8),
            Map.entry("b1", DType.BOOL));

    /** Reads the header of an array, up to its first element. */
    static NpyHeader read(String name, Path file, InputStream stream) throws IOException {
        byte[] start = stream.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw TensorFile.invalid(file, name, "expected a NumPy array, which begins with \\x93NUMPY");
        }
        int lengthBytes = start[6] == 1 ? 2 : 4;
        byte[] little = stream.readNBytes(lengthBytes);
        long length = 0;
        for (int i = 0; i < little.length; i++) {
            length |= (little[i] & 0xffL) << 8 * i;
        }
        if (little.length < lengthBytes || length > LONGEST) {
            throw TensorFile.invalid(file, name, "expected a header of at most " + LONGEST + " bytes, got " + length);
        }
        byte[] text = stream.readNBytes((int) length);
        return parse(name, file, new String(text, StandardCharsets.UTF_8));
    }

    private static NpyHeader parse(String name, Path file, String text) {
        String descr = find(DESCR, text)
                .orElseThrow(() -> TensorFile.invalid(
                        file,
                        name,
                        "expected an array of plain numbers, got the header " + LabelledTexts.shorten(text)));
        if (descr.contains("O")) {
            throw new GraftException(
                    ErrorCode.PICKLE_REFUSED,
                    "an array of Python objects is a pickle, which can run code when it is read",
                    Location.ofTensor(file, name),
                    "Save arrays of numbers.");
        }
        DType dtype = TYPES.get(descr.substring(1));
        if (dtype == null || descr.charAt(0) == '>' && dtype.bits() > 8) {
            throw TensorFile.invalid(file, name, "expected little-endian numbers of a usual type, got '" + descr + "'");
        }
        if (!find(ORDER, text).equals(Optional.of("False"))) {
            throw TensorFile.invalid(
                    file,
                    name,
                    "expected rows one behind the other, got Fortran's order; save numpy.ascontiguousarray(array)");
        }
        return new NpyHeader(dtype, shape(name, file, text));
    }

    private static Shape shape(String name, Path file, String text) {
        String dims = find(SHAPE, text).orElseThrow(() -> TensorFile.invalid(file, name, "the header has no shape"));
        try {
            long[] parsed = Arrays.stream(dims.split(","))
                    .map(dim -> dim.replace("L", "").strip())
                    .filter(dim -> !dim.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            if (parsed.length <= MOST_DIMENSIONS) {
                return Shape.of(parsed);
            }
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw TensorFile.invalid(file, name, "the shape (" + LabelledTexts.shorten(dims) + ") is beyond any size");
        }
        throw TensorFile.invalid(file, name, "expected at most " + MOST_DIMENSIONS + " dimensions");
    }

    private static Optional<String> find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
