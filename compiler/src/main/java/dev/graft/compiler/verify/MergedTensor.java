package dev.graft.compiler.verify;

import dev.graft.compiler.merge.ExpectedTensor;
import dev.graft.compiler.resolve.Binding;
import dev.graft.compiler.resolve.Resolution;
import dev.graft.compiler.scan.TensorIndex;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of the merged model, read in the layout of the base's.
 *
 * @param index the tensor
 * @param tensor its values
 * @param transposed whether it lies transposed to the base's
 * @param columns the columns that it has in the base's layout
 */
record MergedTensor(TensorIndex index, Tensor tensor, boolean transposed, long columns) {
    /**
     * Finds the tensor that holds an expected one: by its name, or, in a model exported again, by the module that it belongs to.
     *
     * @param base the base's tensors
     * @param artifact the merged model's tensors
     * @param again the same adapters resolved against the merged model, or null where that fails
     */
    static Optional<MergedTensor> find(
            ExpectedTensor expected, TensorTable base, TensorTable artifact, @Nullable Resolution again) {
        String name = expected.isUnshared() ? expected.name() : base.nameOf(expected.base());
        TensorIndex found = artifact.tensors().get(name);
        if (found != null && found.shape().equals(expected.base().shape())) {
            return of(found, false, expected);
        }
        return again == null ? Optional.empty() : byModule(expected, again);
    }

    private static Optional<MergedTensor> byModule(ExpectedTensor expected, Resolution again) {
        ExpectedTensor.Block block = expected.blocks().get(0);
        boolean whole = expected.blocks().size() == 1 && block.view().isWhole();
        for (Binding binding : again.bindings()) {
            Shape shape = binding.view().tensor().shape();
            boolean fits = shape.elements() == expected.base().shape().elements();
            if (whole
                    && fits
                    && binding.module().equals(block.module())
                    && binding.view().isWhole()) {
                boolean turned = binding.view().orientation() != block.view().orientation();
                return of(binding.view().tensor(), turned, expected);
            }
        }
        return Optional.empty();
    }

    private static Optional<MergedTensor> of(TensorIndex index, boolean transposed, ExpectedTensor expected) {
        return index.dtype().isFloat()
                ? index.tensor().map(tensor -> new MergedTensor(index, tensor, transposed, expected.columns()))
                : Optional.empty();
    }

    /** Reads a rectangle in the base's layout, row-major and dense. */
    double[] read(long firstRow, int rows, long firstColumn, int width) {
        double[] values = new double[Math.multiplyExact(rows, width)];
        if (transposed) {
            long stride = tensor.shape().elements() / columns;
            double[] piece = new double[rows];
            for (int column = 0; column < width; column++) {
                tensor.readDoubles((firstColumn + column) * stride + firstRow, piece, 0, rows);
                for (int row = 0; row < rows; row++) {
                    values[row * width + column] = piece[row];
                }
            }
        } else if (width == columns) {
            tensor.readDoubles(firstRow * columns, values, 0, values.length);
        } else {
            for (int row = 0; row < rows; row++) {
                tensor.readDoubles((firstRow + row) * columns + firstColumn, values, row * width, width);
            }
        }
        return values;
    }

    /** The byte of the file at which an element of the base's layout lies. */
    long byteOf(long row, long column) {
        long stride = tensor.shape().elements() / columns;
        long element = transposed ? column * stride + row : row * columns + column;
        return index.runs().get(0).offset() + element * (index.dtype().bits() / 8);
    }
}
