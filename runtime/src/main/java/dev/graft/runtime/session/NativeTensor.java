package dev.graft.runtime.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that ONNX Runtime reads and writes in place, so that what one run computes is fed to the next without a copy.
 *
 * <p>Its memory is ONNX Runtime's, freed by {@link #close}, or a buffer of ours that a run may write into. Whoever gets one closes it, and not before the run that
 * uses it has ended. For one thread at a time.
 */
public final class NativeTensor implements AutoCloseable {
    private final OnnxTensor value;
    private final DType dtype;
    private final Shape shape;
    private final @Nullable ByteBuffer memory;
    private boolean closed;

    private NativeTensor(OnnxTensor value, DType dtype, Shape shape, @Nullable ByteBuffer memory) {
        this.value = value;
        this.dtype = dtype;
        this.shape = shape;
        this.memory = memory;
    }

    /** What a run computed; this takes ownership. */
    static NativeTensor ofResult(OnnxTensor value) {
        DType dtype = Objects.requireNonNull(OrtTensors.dtype(value.getInfo()));
        return new NativeTensor(value, dtype, Shape.of(value.getInfo().getShape()), null);
    }

    /**
     * A tensor of zeros in memory that runs can write into.
     *
     * @throws dev.graft.error.GraftException {@code INPUTS_INVALID} for a type that ONNX Runtime does not take from Java
     * @throws ArithmeticException beyond 2 GiB
     */
    public static NativeTensor allocate(DType dtype, Shape shape) {
        return over(ByteBuffer.allocateDirect(Math.toIntExact(dtype.byteSize(shape.elements()))), dtype, shape);
    }

    /** A tensor in a direct buffer, from its position to its limit; what a run writes is in the buffer. */
    public static NativeTensor over(ByteBuffer buffer, DType dtype, Shape shape) {
        if (!buffer.isDirect() || buffer.remaining() != dtype.byteSize(shape.elements())) {
            throw new IllegalArgumentException(
                    "a buffer of " + buffer.remaining() + " bytes for " + dtype + " " + shape);
        }
        ByteBuffer memory = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
        OnnxJavaType type = OrtTensors.feedType(dtype).orElseThrow(() -> OrtErrors.notFed(dtype));
        try {
            OnnxTensor value = OnnxTensor.createTensor(
                    OnnxRuntime.environment(),
                    memory.duplicate().order(ByteOrder.nativeOrder()),
                    shape.toArray(),
                    type);
            return new NativeTensor(value, dtype, shape, memory);
        } catch (OrtException e) {
            throw OrtErrors.notHeld(dtype, shape, e);
        }
    }

    /** Its number format. */
    public DType dtype() {
        return dtype;
    }

    /** Its dimensions. */
    public Shape shape() {
        return shape;
    }

    /**
     * The buffer that it lies in, little-endian; position and limit are the caller's own.
     *
     * @throws IllegalStateException if its memory is ONNX Runtime's, which Java can only copy
     */
    public ByteBuffer memory() {
        if (memory == null) {
            throw new IllegalStateException("the memory is ONNX Runtime's");
        }
        return memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What is in it now: its memory where that is ours, so that it changes with it, and otherwise a copy. */
    public HostTensor content() {
        return memory == null ? copy() : new HostTensor(dtype, shape, memory.duplicate());
    }

    /** A copy of it. */
    public HostTensor copy() {
        return OrtTensors.copy(value);
    }

    OnnxTensor handle() {
        if (closed) {
            throw new IllegalStateException("the tensor is closed");
        }
        return value;
    }

    /** Lets go of the memory; closing again does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            value.close();
        }
    }
}
