package dev.graft.compiler.scan;

import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a ValueInfoProto, of its type only that of a tensor. */
final class ValueReader implements FieldVisitor {
    private final ScanContext context;
    private final WireReader reader;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Dim> dims = new ArrayList<>();
    private String name = "";
    private @Nullable DType dtype;
    private boolean hasShape;

    private ValueReader(ScanContext context) {
        this.context = context;
        this.reader = context.reader;
    }

    static ValueIndex read(ScanContext context, int wire) {
        context.reader.budget().charge(200, context.reader);
        ValueReader value = new ValueReader(context);
        context.reader.readMessage(wire, value);
        return new ValueIndex(
                value.name,
                value.dtype,
                value.hasShape ? Optional.of(List.copyOf(value.dims)) : Optional.empty(),
                Collections.unmodifiableMap(value.metadata));
    }

    @Override
    public void visit(int field, int wire) {
        switch (field) {
            case 1 -> name = reader.readString(wire);
            case 2 -> reader.readMessage(wire, this::visitType);
            case 4 -> context.readEntry(wire, metadata);
            default -> reader.skip(wire);
        }
    }

    private void visitType(int field, int wire) {
        if (field == 1) {
            reader.readMessage(wire, this::visitTensorType);
        } else {
            reader.skip(wire);
        }
    }

    private void visitTensorType(int field, int wire) {
        switch (field) {
            case 1 -> dtype = DType.ofOnnxNumber(reader.readInt(wire)).orElse(null);
            case 2 -> {
                hasShape = true;
                reader.readMessage(wire, this::visitShape);
            }
            default -> reader.skip(wire);
        }
    }

    private void visitShape(int field, int wire) {
        if (field == 1) {
            reader.budget().charge(0, reader);
            dims.add(readDim(wire));
        } else {
            reader.skip(wire);
        }
    }

    private Dim readDim(int wire) {
        long[] length = {-1};
        String[] symbol = {""};
        reader.readMessage(wire, (field, type) -> {
            switch (field) {
                case 1 -> length[0] = reader.readInt(type);
                case 2 -> symbol[0] = reader.readString(type);
                default -> reader.skip(type);
            }
        });
        return length[0] >= 0 && symbol[0].isEmpty() ? new Dim.Fixed(length[0]) : new Dim.Symbolic(symbol[0]);
    }
}
