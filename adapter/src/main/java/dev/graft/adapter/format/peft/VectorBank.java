package dev.graft.adapter.format.peft;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** VB-LoRA's vectors, [num_vectors, vector_length], of which all matrices of an adapter are mixed. */
final class VectorBank {
    private final PeftFolder folder;
    private final Tensor tensor;
    private final double[] values;
    private final int length;

    private VectorBank(PeftFolder folder, Tensor tensor, int length) {
        this.folder = folder;
        this.tensor = tensor;
        this.values = tensor.toDoubles();
        this.length = length;
    }

    /** The bank of a file, of the shape that the configuration says. */
    static VectorBank of(PeftFolder folder, @Nullable Tensor tensor) {
        if (tensor == null) {
            throw folder.invalidTensors("the file has no vblora_vector_bank", "Save the adapter again with PEFT.");
        }
        long vectors = folder.config().rank("num_vectors");
        long length = folder.config().rank("vector_length");
        if (!tensor.shape().equals(Shape.of(vectors, length))) {
            throw folder.invalidTensor(
                    tensor.name(),
                    "expected [" + vectors + ", " + length + "], as num_vectors and vector_length say, got "
                            + tensor.shape());
        }
        return new VectorBank(folder, tensor, (int) length);
    }

    /** A from its mix: [first, second · vector_length], the pieces of a group side by side. */
    Tensor rows(VectorMix mix) {
        requirePossible(mix);
        return matrix(mix, Shape.of(mix.first(), (long) mix.second() * length), false);
    }

    /** B from its mix: [first · vector_length, second], each piece a part of a column. */
    Tensor columns(VectorMix mix) {
        requirePossible(mix);
        return matrix(mix, Shape.of((long) mix.first() * length, mix.second()), true);
    }

    /** A few logits of a small file can stand for any number of elements. */
    private void requirePossible(VectorMix mix) {
        long elements = (long) mix.first() * mix.second() * length;
        if (elements > Integer.MAX_VALUE) {
            throw folder.invalidTensor(
                    mix.name(), "a matrix of " + elements + " elements is larger than a factor of any layer");
        }
    }

    /** In float32, as PEFT computes, unless the bank is in float64. */
    private Tensor matrix(VectorMix mix, Shape shape, boolean upright) {
        DType type = tensor.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        return new Tensor(mix.name(), type, shape, new MixedVectors(mix, values, length, upright, type, tensor.file()));
    }
}
