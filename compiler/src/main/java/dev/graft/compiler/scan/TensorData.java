package dev.graft.compiler.scan;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one data field of a TensorProto holds: where its runs lie, or how many values it encodes. */
final class TensorData {
    /** A tensor of values that were written one by one has as many runs as elements; more than this are not kept. */
    private static final int MAX_RUNS = 1 << 16;

    /** The data fields of TensorProto. */
    enum Field {
        FLOAT_DATA(4, WireReader.FIXED32),
        INT32_DATA(5, WireReader.VARINT),
        STRING_DATA(6, WireReader.BYTES),
        INT64_DATA(7, WireReader.VARINT),
        RAW_DATA(9, WireReader.BYTES),
        DOUBLE_DATA(10, WireReader.FIXED64),
        UINT64_DATA(11, WireReader.VARINT);

        private final int number;
        private final int elementWire;

        Field(int number, int elementWire) {
            this.number = number;
            this.elementWire = elementWire;
        }

        /** Which types ONNX stores in the field. */
        boolean holds(DType type) {
            return switch (this) {
                case FLOAT_DATA -> type == DType.FLOAT32 || type == DType.COMPLEX64;
                case DOUBLE_DATA -> type == DType.FLOAT64 || type == DType.COMPLEX128;
                case INT32_DATA -> type == DType.INT32 || type.bits() > 0 && type.bits() <= 16;
                case INT64_DATA -> type == DType.INT64;
                case UINT64_DATA -> type == DType.UINT64 || type == DType.UINT32;
                case STRING_DATA -> type == DType.STRING;
                case RAW_DATA -> type != DType.STRING;
            };
        }

        int number() {
            return number;
        }

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Field ofNumber(int number) {
            return Stream.of(values())
                    .filter(field -> field.number == number)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private final Field field;
    private final List<ByteRegion> runs = new ArrayList<>();
    private long bytes;
    private long values;
    private boolean scattered;

    TensorData(Field field) {
        this.field = field;
    }

    Field field() {
        return field;
    }

    /** A field that is there without content is as if it were not. */
    boolean isEmpty() {
        return bytes == 0 && values == 0;
    }

    /** Reads one occurrence of the field. */
    void read(WireReader reader, int wire) {
        switch (field) {
            case RAW_DATA -> {
                if (bytes > 0) {
                    throw reader.malformed("a tensor has raw_data twice");
                }
                addRun(reader.skipBytes(wire));
            }
            case STRING_DATA -> {
                reader.skipBytes(wire);
                values++;
            }
            case FLOAT_DATA, DOUBLE_DATA -> readFixed(reader, wire);
            default -> readVarints(reader, wire);
        }
    }

    private void readFixed(WireReader reader, int wire) {
        if (wire == WireReader.BYTES) {
            addRun(reader.skipBytes(wire));
            return;
        }
        reader.expect(wire, field.elementWire);
        long start = reader.position();
        reader.skip(wire);
        addRun(new ByteRegion(reader.file(), start, reader.position() - start));
    }

    private void readVarints(WireReader reader, int wire) {
        if (wire == WireReader.BYTES) {
            reader.readPacked(wire, () -> {
                reader.readVarint();
                values++;
            });
        } else {
            reader.readInt(wire);
            values++;
        }
    }

    private void addRun(ByteRegion run) {
        bytes += run.length();
        if (run.length() == 0 || scattered) {
            return;
        }
        runs.add(run);
        scattered = runs.size() > MAX_RUNS;
    }

    /** What is wrong with this data for a tensor of that type and shape, or null. */
    @Nullable
    String problem(DType dtype, Shape shape, long expectedBytes) {
        if (!field.holds(dtype)) {
            return field.title() + " cannot hold " + dtype.displayName();
        }
        boolean counted = field.elementWire == WireReader.VARINT || field == Field.STRING_DATA;
        // two 4-bit elements share one value of int32_data
        long expected =
                !counted ? expectedBytes : dtype.bits() < 8 && dtype.bits() > 0 ? expectedBytes : shape.elements();
        long got = counted ? values : bytes;
        if (got != expected) {
            return field.title() + " has " + got + (counted ? " values" : " bytes") + ", expected " + expected + " for "
                    + dtype.displayName() + " " + shape;
        }
        boolean uneven = runs.stream().anyMatch(run -> run.length() % Math.max(1, dtype.bits() / 8) != 0);
        return uneven && runs.size() > 1 ? field.title() + " is split inside an element" : null;
    }

    TensorStorage storage() {
        return runs.isEmpty() || scattered
                ? new TensorStorage.Encoded(field.title())
                : new TensorStorage.Inline(field.title(), runs);
    }
}
