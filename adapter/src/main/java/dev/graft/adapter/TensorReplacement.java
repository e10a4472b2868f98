package dev.graft.adapter;

import dev.graft.tensor.Tensor;
import java.util.List;

/**
 * A whole tensor of a module that takes the place of the base's ({@code modules_to_save}, {@code bias}).
 *
 * @param module the module's path
 * @param parameter the parameter's name in the module: {@code weight}, {@code bias} or another
 * @param value the new values, in PyTorch's layout
 */
public record TensorReplacement(String module, String parameter, Tensor value) implements ModuleChange {
    @Override
    public List<Tensor> tensors() {
        return List.of(value);
    }
}
