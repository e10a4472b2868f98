package dev.graft.compiler.scan;

import dev.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a SparseTensorProto; it is indexed under the name of its values, as a tensor that cannot be patched in place. */
final class SparseTensorReader implements FieldVisitor {
    private final ScanContext context;
    private final WireReader reader;
    private final List<Long> dims = new ArrayList<>();
    private @Nullable TensorIndex values;
    private @Nullable TensorIndex indices;

    private SparseTensorReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    static TensorIndex read(ScanContext context, int wire) {
        SparseTensorReader sparse = new SparseTensorReader(context);
        ByteRegion proto = context.reader.readMessage(wire, sparse);
        return sparse.index(proto);
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> values = TensorReader.read(context, wire);
            case 2 -> indices = TensorReader.read(context, wire);
            case 3 -> readDims(wire);
            default -> reader.skip(wire);
        }
    }

    private void readDims(int wire) {
        if (wire == WireReader.BYTES) {
            reader.readPacked(wire, () -> addDim(reader.readVarint()));
        } else {
            addDim(reader.readInt(wire));
        }
    }

    private void addDim(long dim) {
        if (dim < 0 || dims.size() == 64) {
            throw reader.malformed("a sparse tensor with a negative dimension or more than 64 of them");
        }
        dims.add(dim);
    }

    private TensorIndex index(ByteRegion proto) {
        if (values == null || indices == null) {
            throw reader.malformed("a sparse tensor without values or without indices");
        }
        try {
            Shape shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
            values.dtype().byteSize(shape.elements());
            return new TensorIndex(
                    values.name(), values.dtype(), shape, new TensorStorage.Encoded("sparse_initializer"), proto);
        } catch (ArithmeticException e) {
            throw reader.malformed("sparse tensor '" + values.name() + "' has dimensions " + dims
                    + ", more elements than a number can count");
        }
    }
}
