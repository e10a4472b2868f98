package dev.graft.adapter.format.safetensors;

import dev.graft.adapter.format.json.StrictJson;
import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.ByteSource;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a header, checked in itself: its type is known and its bytes are as many as type and shape want.
 *
 * @param begin first byte, counted from the start of the data
 * @param end the byte after the last
 */
record TensorEntry(String name, DType dtype, Shape shape, long begin, long end) {
    private static final int MAX_DIMS = 64;

    /** Reads {@code {"dtype": .., "shape": [..], "data_offsets": [.., ..]}}; other members are passed over. */
    static TensorEntry read(String name, StrictJson json, Path file) {
        return new Parser(name, json, file).read();
    }

    Tensor toTensor(ByteSource data) {
        return new Tensor(name, dtype, shape, data.slice(begin, end - begin));
    }

    GraftException invalid(String what, Path file) {
        return invalid(name, what, file);
    }

    private static GraftException invalid(String name, String what, Path file) {
        return new GraftException(
                ErrorCode.SAFETENSORS_MALFORMED,
                "not a valid safetensors file: " + what,
                Location.ofTensor(file, name),
                "The file is damaged or incomplete: download or save it again.");
    }

    private static final class Parser {
        private final String name;
        private final StrictJson json;
        private final Path file;
        private @Nullable String dtype;
        private @Nullable List<Long> shape;
        private @Nullable List<Long> offsets;

        Parser(String name, StrictJson json, Path file) {
            this.name = name;
            this.json = json;
            this.file = file;
        }

        TensorEntry read() {
            json.readObject(this::readMember);
            DType type = type();
            Shape dims = shape();
            List<Long> place = offsets;
            if (place == null || place.size() != 2 || place.get(0) > place.get(1)) {
                throw fail("expected data_offsets [begin, end] with begin <= end, got " + place);
            }
            TensorEntry entry = new TensorEntry(name, type, dims, place.get(0), place.get(1));
            checkSize(entry);
            return entry;
        }

        private void readMember(String member) {
            switch (member) {
                case "dtype" -> dtype = json.readText();
                case "shape" -> shape = counts();
                case "data_offsets" -> offsets = counts();
                default -> json.skipValue();
            }
        }

        private List<Long> counts() {
            List<Long> counts = new ArrayList<>();
            json.readArray(() -> {
                if (counts.size() == MAX_DIMS) {
                    throw fail("more than " + MAX_DIMS + " dimensions or offsets");
                }
                counts.add(json.readCount());
            });
            return counts;
        }

        private DType type() {
            String text = dtype;
            if (text == null) {
                throw fail("expected a dtype, got none");
            }
            return DType.ofSafetensorsName(text).orElseThrow(() -> fail("unknown dtype '" + text + "'"));
        }

        private Shape shape() {
            List<Long> dims = shape;
            if (dims == null) {
                throw fail("expected a shape, got none");
            }
            try {
                return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
            } catch (ArithmeticException e) {
                throw fail("the shape " + dims + " has more elements than any file can hold");
            }
        }

        private void checkSize(TensorEntry entry) {
            long expected;
            try {
                expected = entry.dtype.byteSize(entry.shape.elements());
            } catch (ArithmeticException e) {
                throw fail("the shape " + entry.shape + " has more elements than any file can hold");
            }
            boolean wholeBytes = entry.shape.elements() % 8 * entry.dtype.bits() % 8 == 0;
            if (!wholeBytes || entry.end - entry.begin != expected) {
                throw fail("expected " + expected + " bytes for " + dtype + " " + entry.shape + ", got "
                        + (entry.end - entry.begin));
            }
        }

        private GraftException fail(String what) {
            return invalid(name, what, file);
        }
    }
}
