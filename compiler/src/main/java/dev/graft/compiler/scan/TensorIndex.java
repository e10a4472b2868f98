package dev.graft.compiler.scan;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of a model, by place.
 *
 * @param name its name; empty for the value of a Constant node
 * @param dtype its number format
 * @param shape its dimensions
 * @param storage where its elements lie
 * @param proto the TensorProto message in the model file
 */
public record TensorIndex(String name, DType dtype, Shape shape, TensorStorage storage, ByteRegion proto) {
    /** The runs of bytes that hold the elements in order; none for encodings that have no fixed size. */
    public List<ByteRegion> runs() {
        if (storage instanceof TensorStorage.Inline inline) {
            return inline.runs();
        }
        return storage instanceof TensorStorage.External external ? List.of(external.region()) : List.of();
    }

    /** The tensor as one readable region, where it is stored as one. */
    public Optional<Tensor> tensor() {
        List<ByteRegion> runs = runs();
        return runs.size() == 1
                ? Optional.of(new Tensor(name, dtype, shape, runs.get(0).bytes()))
                : Optional.empty();
    }
}
