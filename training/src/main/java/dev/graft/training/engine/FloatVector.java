package dev.graft.training.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.graft.training.ort.OrtGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Float32 values outside the Java heap, as a tensor that is both fed and written. Owns the tensor. */
final class FloatVector implements AutoCloseable {
    private final FloatBuffer values;
    private final OnnxTensor tensor;

    /** @param shape empty for a scalar */
    FloatVector(long... shape) {
        long elements = 1;
        for (long length : shape) {
            elements = Math.multiplyExact(elements, length);
        }
        int bytes = Math.toIntExact(Math.multiplyExact(elements, Float.BYTES));
        values = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
        try {
            tensor = OnnxTensor.createTensor(OrtGraph.environment(), values, shape);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot wrap a buffer", e);
        }
    }

    OnnxTensor tensor() {
        return tensor;
    }

    float get(int index) {
        return values.get(index);
    }

    FloatVector set(int index, double value) {
        values.put(index, (float) value);
        return this;
    }

    void fill(float value) {
        for (int i = 0; i < values.capacity(); i++) {
            values.put(i, value);
        }
    }

    float[] copy() {
        float[] copy = new float[values.capacity()];
        values.get(0, copy);
        return copy;
    }

    void copyFrom(float[] source) {
        values.put(0, source);
    }

    void copyFrom(FloatVector source) {
        values.put(0, source.values, 0, values.capacity());
    }

    void add(FloatVector other) {
        for (int i = 0; i < values.capacity(); i++) {
            values.put(i, values.get(i) + other.values.get(i));
        }
    }

    @Override
    public void close() {
        tensor.close();
    }
}
