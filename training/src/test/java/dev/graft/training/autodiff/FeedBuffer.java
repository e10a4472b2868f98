package dev.graft.training.autodiff;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.DType;
import dev.graft.training.ort.OrtGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A graph input whose elements can be changed between runs, in the place where ONNX Runtime reads them. */
final class FeedBuffer implements AutoCloseable {
    private final DType dtype;
    private final ByteBuffer bytes;
    private final OnnxTensor tensor;

    FeedBuffer(HostTensor start) throws OrtException {
        this.dtype = start.dtype();
        this.bytes = ByteBuffer.allocateDirect(start.bytes().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(start.bytes()).flip();
        OnnxJavaType type = OnnxJavaType.valueOf(
                switch (dtype) {
                    case FLOAT32 -> "FLOAT";
                    case FLOAT64 -> "DOUBLE";
                    default -> dtype.name();
                });
        this.tensor = OnnxTensor.createTensor(
                OrtGraph.environment(), bytes, start.shape().toArray(), type);
    }

    OnnxTensor tensor() {
        return tensor;
    }

    double get(int index) {
        return dtype == DType.FLOAT64 ? bytes.getDouble(index * Double.BYTES) : bytes.getFloat(index * Float.BYTES);
    }

    void set(int index, double value) {
        if (dtype == DType.FLOAT64) {
            bytes.putDouble(index * Double.BYTES, value);
        } else {
            bytes.putFloat(index * Float.BYTES, (float) value);
        }
    }

    @Override
    public void close() {
        tensor.close();
    }
}
