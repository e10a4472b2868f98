package dev.graft.cli.conformance;

import dev.graft.tensor.DType;
import dev.graft.tensor.Tensor;
import java.util.Random;

/** Tensors of made-up values. */
final class Noise {
    private Noise() {}

    static Tensor like(Tensor tensor, long seed) {
        double[] values =
                new Random(seed).doubles(tensor.shape().elements(), -0.2, 0.2).toArray();
        return Tensor.ofDoubles(tensor.name(), DType.FLOAT32, tensor.shape(), values);
    }
}
