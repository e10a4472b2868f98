package dev.graft.adapter;

import dev.graft.tensor.Tensor;
import java.util.List;

/** One trained change to one module. */
public sealed interface ModuleChange permits LowRankChange, SharedProjectionChange, TensorReplacement, RowReplacement {
    /** The module's path, such as {@code model.layers.0.self_attn.q_proj}. */
    String module();

    /** The tensors of the adapter's file that this change uses. */
    List<Tensor> tensors();
}
