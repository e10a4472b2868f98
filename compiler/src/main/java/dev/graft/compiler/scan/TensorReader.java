package dev.graft.compiler.scan;

import dev.graft.error.GraftException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a TensorProto, whose data it skips, and holds its parts against each other. */
final class TensorReader implements FieldVisitor {
    private static final int MAX_DIMS = 64;

    private final ScanContext context;
    private final WireReader reader;
    private final List<Long> dims = new ArrayList<>();
    private final List<String[]> externalEntries = new ArrayList<>();
    private final List<TensorData> data = new ArrayList<>();
    private String name = "";
    private long dataType;
    private long dataLocation;
    private boolean isSegment;

    private TensorReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    static TensorIndex read(ScanContext context, int wire) {
        context.reader.budget().charge(300, context.reader);
        TensorReader tensor = new TensorReader(context);
        ByteRegion proto = context.reader.readMessage(wire, tensor);
        return tensor.index(proto);
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> readDims(wire);
            case 2 -> dataType = reader.readInt(wire);
            case 3 -> {
                isSegment = true;
                reader.skip(wire);
            }
            case 8 -> name = reader.readString(wire);
            case 13 -> externalEntries.add(context.readEntry(wire));
            case 14 -> dataLocation = reader.readInt(wire);
            case 4, 5, 6, 7, 9, 10, 11 -> dataOf(field).read(reader, wire);
            default -> reader.skip(wire);
        }
    }

    private TensorData dataOf(int field) {
        for (TensorData known : data) {
            if (known.field().number() == field) {
                return known;
            }
        }
        TensorData added = new TensorData(TensorData.Field.ofNumber(field));
        data.add(added);
        return added;
    }

    private void readDims(int wire) {
        if (wire == WireReader.BYTES) {
            reader.readPacked(wire, () -> addDim(reader.readVarint()));
        } else {
            addDim(reader.readInt(wire));
        }
    }

    private void addDim(long dim) {
        if (dims.size() == MAX_DIMS) {
            throw malformed("it has more than " + MAX_DIMS + " dimensions");
        }
        dims.add(dim);
    }

    private TensorIndex index(ByteRegion proto) {
        if (isSegment) {
            throw malformed("it is a segment of a tensor, which nothing reads");
        }
        DType dtype = DType.ofOnnxNumber(dataType)
                .orElseThrow(() -> malformed("its data_type is " + dataType + ", which is no type of ONNX"));
        Shape shape = shape(dims);
        return new TensorIndex(name, dtype, shape, storage(dtype, shape), proto);
    }

    private Shape shape(List<Long> lengths) {
        for (long length : lengths) {
            if (length < 0) {
                throw malformed("it has a negative dimension: " + lengths);
            }
        }
        try {
            return Shape.of(lengths.stream().mapToLong(Long::longValue).toArray());
        } catch (ArithmeticException e) {
            throw malformed("its dimensions " + lengths + " are more elements than a number can count");
        }
    }

    private TensorStorage storage(DType dtype, Shape shape) {
        long bytes = byteSize(dtype, shape);
        if (dataLocation < 0 || dataLocation > 1) {
            throw malformed("its data_location is " + dataLocation + ", expected 0 (inline) or 1 (external)");
        }
        List<TensorData> stored = data.stream().filter(part -> !part.isEmpty()).toList();
        if (stored.size() + dataLocation > 1) {
            throw malformed("its data is stored twice, in "
                    + String.join(
                            " and ",
                            stored.stream().map(part -> part.field().title()).toList())
                    + (dataLocation == 1 ? " and in an external file" : "") + ": which one counts is not defined");
        }
        if (dataLocation == 1) {
            return external(dtype, shape, bytes);
        }
        return stored.isEmpty() ? empty(shape) : inline(stored.get(0), dtype, shape, bytes);
    }

    private TensorStorage inline(TensorData stored, DType dtype, Shape shape, long bytes) {
        @Nullable String problem = stored.problem(dtype, shape, bytes);
        if (problem != null) {
            throw malformed(problem);
        }
        return stored.storage();
    }

    private TensorStorage external(DType dtype, Shape shape, long bytes) {
        if (dtype == DType.STRING) {
            throw malformed("strings cannot be stored in an external file");
        }
        return context.external.resolve(name, dtype, shape, bytes, externalEntries, context);
    }

    private TensorStorage empty(Shape shape) {
        if (shape.elements() != 0) {
            throw malformed("it has no data, expected " + shape.elements() + " elements for shape " + shape);
        }
        return new TensorStorage.Inline("raw_data", List.of(new ByteRegion(reader.file(), reader.position(), 0)));
    }

    private long byteSize(DType dtype, Shape shape) {
        try {
            return dtype.byteSize(shape.elements());
        } catch (ArithmeticException e) {
            throw malformed("its shape " + shape + " takes more bytes than a number can count");
        }
    }

    private GraftException malformed(String problem) {
        return reader.malformed("tensor '" + name + "': " + problem);
    }
}
