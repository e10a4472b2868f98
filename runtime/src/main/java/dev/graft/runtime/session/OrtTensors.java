package dev.graft.runtime.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Between our tensors and ONNX Runtime's. */
public final class OrtTensors {
    private static final String TYPE_PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

    private OrtTensors() {}

    /** ONNX Runtime's view of a tensor; shares its memory, so the tensor must be reachable for as long as the view is. */
    public static OnnxTensor view(OrtEnvironment environment, HostTensor tensor) throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                tensor.bytes(),
                tensor.shape().toArray(),
                feedType(tensor.dtype()).orElseThrow());
    }

    /** A copy of what ONNX Runtime computed. */
    public static HostTensor copy(OnnxTensor value) {
        TensorInfo info = value.getInfo();
        DType dtype = dtype(info);
        if (dtype == null) {
            throw new IllegalArgumentException("not a numeric tensor: " + info);
        }
        ByteBuffer source = value.getByteBuffer();
        ByteBuffer copy =
                ByteBuffer.allocateDirect(source.remaining()).put(source).flip();
        return new HostTensor(dtype, Shape.of(info.getShape()), copy);
    }

    /** The Java type under which ONNX Runtime accepts a tensor; it takes no uint16, uint32 and uint64 from Java. */
    static Optional<OnnxJavaType> feedType(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> Optional.of(OnnxJavaType.DOUBLE);
            case FLOAT32 -> Optional.of(OnnxJavaType.FLOAT);
            case FLOAT16 -> Optional.of(OnnxJavaType.FLOAT16);
            case BFLOAT16 -> Optional.of(OnnxJavaType.BFLOAT16);
            case INT64 -> Optional.of(OnnxJavaType.INT64);
            case INT32 -> Optional.of(OnnxJavaType.INT32);
            case INT16 -> Optional.of(OnnxJavaType.INT16);
            case INT8 -> Optional.of(OnnxJavaType.INT8);
            case UINT8 -> Optional.of(OnnxJavaType.UINT8);
            case BOOL -> Optional.of(OnnxJavaType.BOOL);
            default -> Optional.empty();
        };
    }

    /** What ONNX Runtime says of an input or output. */
    public static ValueDescription describe(String name, ValueInfo info) {
        if (!(info instanceof TensorInfo tensor)) {
            return new ValueDescription(name, null, List.of());
        }
        long[] shape = tensor.getShape();
        String[] names = tensor.getDimensionNames();
        List<Dimension> dims = new ArrayList<>();
        for (int axis = 0; axis < shape.length; axis++) {
            dims.add(shape[axis] >= 0 ? new Dimension.Fixed(shape[axis]) : new Dimension.Symbolic(names[axis]));
        }
        return new ValueDescription(name, dtype(tensor), dims);
    }

    /** The type of a tensor, or null for types that have no bytes of a fixed size (strings, packed types, undefined). */
    static @Nullable DType dtype(TensorInfo info) {
        String name = info.onnxType.name().substring(TYPE_PREFIX.length());
        return switch (name) {
            case "FLOAT" -> DType.FLOAT32;
            case "DOUBLE" -> DType.FLOAT64;
            case "UNDEFINED" -> null;
            default -> DType.valueOf(name);
        };
    }
}
