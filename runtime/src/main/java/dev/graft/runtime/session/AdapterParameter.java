package dev.graft.runtime.session;

import dev.graft.tensor.DType;
import dev.graft.tensor.Shape;
import dev.graft.tensor.Tensor;

/**
 * A tensor of an {@code .onnx_adapter} file, without its values.
 *
 * @param name the overridable input that it is for
 * @param dtype its number format
 * @param shape its dimensions
 */
public record AdapterParameter(String name, DType dtype, Shape shape) {
    /** The description of a tensor. */
    static AdapterParameter of(Tensor tensor) {
        return new AdapterParameter(tensor.name(), tensor.dtype(), tensor.shape());
    }

    @Override
    public String toString() {
        return name + ": " + dtype.displayName() + " " + shape;
    }
}
