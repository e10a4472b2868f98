package dev.graft.training.data;

import dev.graft.runtime.session.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.LongPredicate;

/** The elements of a tensor with rows, looked through piece by piece. */
final class RowValues {
    private static final int PIECE = 1 << 16;

    private final Tensor tensor;
    private final long elements;
    private final long ofRow;

    /** @param rows how many rows are looked at, from the first on */
    RowValues(Tensor tensor, int rows) {
        this.tensor = tensor;
        this.ofRow = tensor.shape().elements() / tensor.shape().dim(0);
        this.elements = ofRow * rows;
    }

    /**
     * An element that was looked for.
     *
     * @param row from 0 on
     * @param text the element, written out
     */
    record Found(long row, String text) {}

    /** The first element of whole numbers that something holds for. */
    Optional<Found> firstInteger(LongPredicate wanted) {
        for (long first = 0; first < elements; first += PIECE) {
            long[] values = piece(first).toLongs();
            for (int i = 0; i < values.length; i++) {
                if (wanted.test(values[i])) {
                    return Optional.of(new Found((first + i) / ofRow, Long.toString(values[i])));
                }
            }
        }
        return Optional.empty();
    }

    /** The first element that something holds for. */
    Optional<Found> firstDouble(DoublePredicate wanted) {
        for (long first = 0; first < elements; first += PIECE) {
            double[] values = piece(first).toDoubles();
            for (int i = 0; i < values.length; i++) {
                if (wanted.test(values[i])) {
                    return Optional.of(new Found((first + i) / ofRow, Double.toString(values[i])));
                }
            }
        }
        return Optional.empty();
    }

    private HostTensor piece(long first) {
        Shape shape = Shape.of(Math.min(PIECE, elements - first));
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) tensor.dtype().byteSize(shape.elements()));
        tensor.bytes().read(tensor.dtype().byteSize(first), buffer);
        return new HostTensor(tensor.dtype(), shape, buffer.flip());
    }
}
