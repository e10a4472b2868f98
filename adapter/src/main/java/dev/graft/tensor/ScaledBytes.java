package dev.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A floating-point tensor times a factor: multiplied in double, rounded once to the given floating-point type. */
final class ScaledBytes extends ElementBytes {
    private final Tensor source;
    private final double factor;
    private final DType dtype;

    ScaledBytes(Tensor source, double factor, DType dtype) {
        super(source.shape().elements(), dtype.bits() / 8);
        this.source = source;
        this.factor = factor;
        this.dtype = dtype;
    }

    @Override
    protected void elements(long first, int count, ByteBuffer target) {
        double[] values = new double[count];
        source.readDoubles(first, values, 0, count);
        for (int i = 0; i < count; i++) {
            values[i] *= factor;
        }
        FloatFormat.encode(dtype, values, 0, count, target);
    }

    @Override
    protected @Nullable Path file() {
        return source.file();
    }
}
