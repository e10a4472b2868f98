package dev.graft.compiler.ir;

import dev.graft.compiler.ir.proto.TensorShapeProto;
import dev.graft.compiler.ir.proto.TypeProto;
import dev.graft.compiler.scan.ValueIndex.Dim;
import dev.graft.tensor.DType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tensor types from and to messages. */
final class TypeReader {
    private TypeReader() {}

    /** The type, or null if it is not a dense tensor's or of an unknown number format. */
    static @Nullable ValueType read(TypeProto proto) {
        if (!proto.hasTensorType()) {
            return null;
        }
        TypeProto.Tensor tensor = proto.getTensorType();
        Optional<List<Dim>> dims = tensor.hasShape()
                ? Optional.of(tensor.getShape().getDimList().stream()
                        .map(TypeReader::readDim)
                        .toList())
                : Optional.empty();
        return DType.ofOnnxNumber(tensor.getElemType())
                .map(dtype -> new ValueType(dtype, dims))
                .orElse(null);
    }

    static TypeProto write(ValueType type) {
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.dtype().onnxNumber());
        type.dims().ifPresent(dims -> {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            dims.forEach(dim -> shape.addDim(writeDim(dim)));
            tensor.setShape(shape);
        });
        return TypeProto.newBuilder().setTensorType(tensor).build();
    }

    private static Dim readDim(TensorShapeProto.Dimension dim) {
        return dim.hasDimValue() ? new Dim.Fixed(dim.getDimValue()) : new Dim.Symbolic(dim.getDimParam());
    }

    private static TensorShapeProto.Dimension writeDim(Dim dim) {
        TensorShapeProto.Dimension.Builder proto = TensorShapeProto.Dimension.newBuilder();
        if (dim instanceof Dim.Fixed fixed) {
            proto.setDimValue(fixed.length());
        } else if (dim instanceof Dim.Symbolic symbolic && !symbolic.symbol().isEmpty()) {
            proto.setDimParam(symbolic.symbol());
        }
        return proto.build();
    }
}
