package dev.graft.adapter.format.peft;

import dev.graft.tensor.DType;
import dev.graft.tensor.ElementBytes;
import dev.graft.tensor.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A matrix whose pieces are weighted sums of vectors of a bank, added in double. */
final class MixedVectors extends ElementBytes {
    private final VectorMix mix;
    private final double[] bank;
    private final int length;
    private final boolean upright;
    private final DType dtype;
    private final @Nullable Path file;

    /** @param upright whether pieces are parts of columns: [first · length, second]; else of rows: [first, second · length] */
    MixedVectors(VectorMix mix, double[] bank, int length, boolean upright, DType dtype, @Nullable Path file) {
        super((long) mix.first() * mix.second() * length, dtype.bits() / 8);
        this.mix = mix;
        this.bank = bank;
        this.length = length;
        this.upright = upright;
        this.dtype = dtype;
        this.file = file;
    }

    @Override
    protected void elements(long first, int count, ByteBuffer target) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = value((int) first + i);
        }
        FloatFormat.encode(dtype, values, 0, count, target);
    }

    private double value(int element) {
        int piece = element / length;
        int place = element % length;
        if (upright) {
            int row = element / mix.second();
            piece = row / length * mix.second() + element % mix.second();
            place = row % length;
        }
        double sum = 0;
        for (int i = piece * mix.topk(); i < (piece + 1) * mix.topk(); i++) {
            sum += mix.weights()[i] * bank[mix.vectors()[i] * length + place];
        }
        return sum;
    }

    @Override
    protected @Nullable Path file() {
        return file;
    }
}
