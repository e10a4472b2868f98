package dev.graft.adapter.format.kohya;

import dev.graft.error.ErrorCode;
import dev.graft.error.GraftException;
import dev.graft.error.Location;
import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;

/** The Tucker form of a convolution's change, brought to two factors. */
final class TuckerFactor {
    private static final long MAX_ELEMENTS = 1 << 24;

    private TuckerFactor() {}

    /**
     * {@code A[i, c, k...] = Σj mid[i, j, k...] · down[j, c]}, in double and kept in double, so that nothing is rounded away.
     *
     * @param down [rank, in, 1...]
     * @param mid [rank, rank, k...]
     */
    static Tensor multiply(Tensor down, Tensor mid) {
        long[] dims = mid.shape().toArray();
        dims[1] = down.shape().dim(1);
        checkSize(dims, mid);
        Shape shape = Shape.of(dims);
        double[] core = mid.toDoubles();
        double[] columns = down.toDoubles();
        int inner = (int) mid.shape().dim(1);
        int channels = (int) dims[1];
        int outer = (int) dims[0];
        int kernel = outer * inner == 0 ? 0 : core.length / (outer * inner);
        double[] product = new double[(int) shape.elements()];
        for (int i = 0; i < outer; i++) {
            for (int c = 0; c < channels; c++) {
                for (int k = 0; k < kernel; k++) {
                    double sum = 0;
                    for (int j = 0; j < inner; j++) {
                        sum += core[(i * inner + j) * kernel + k] * columns[j * channels + c];
                    }
                    product[(i * channels + c) * kernel + k] = sum;
                }
            }
        }
        return Tensor.ofDoubles(down.name(), DType.FLOAT64, shape, product);
    }

    private static void checkSize(long[] dims, Tensor mid) {
        long elements = 1;
        for (long dim : dims) {
            elements = dim > 0 && elements > MAX_ELEMENTS / dim ? MAX_ELEMENTS + 1 : elements * dim;
        }
        if (elements > MAX_ELEMENTS || mid.shape().elements() > MAX_ELEMENTS) {
            throw new GraftException(
                    ErrorCode.METHOD_UNSUPPORTED,
                    "the Tucker form is multiplied out up to " + MAX_ELEMENTS + " elements, and this one has more",
                    Location.ofTensor(mid.file(), mid.name()),
                    "Train without use_tucker.");
        }
    }
}
