package dev.graft.tensor;

import java.nio.ByteBuffer;

/** A floating-point tensor times a factor: multiplied in double, rounded once to the tensor's own type. */
final class ScaledBytes extends ElementBytes {
    private final Tensor source;
    private final double factor;

    ScaledBytes(Tensor source, double factor) {
        super(source.shape().elements(), source.dtype().bits() / 8);
        this.source = source;
        this.factor = factor;
    }

    @Override
    void elements(long first, int count, ByteBuffer target) {
        double[] values = new double[count];
        source.readDoubles(first, values, 0, count);
        for (int i = 0; i < count; i++) {
            values[i] *= factor;
        }
        FloatFormat.encode(source.dtype(), values, 0, count, target);
    }
}
