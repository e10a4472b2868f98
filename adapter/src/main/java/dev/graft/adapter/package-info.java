/**
 * What an adapter is, whatever file it came from.
 *
 * <p>An {@link dev.graft.adapter.Adapter} is a list of changes to modules. A {@link dev.graft.adapter.ModuleChange} is one of
 *
 * <ul>
 *   <li>{@link dev.graft.adapter.LowRankChange}: {@code W' = W + s·B·A}, with a magnitude for DoRA and a bias delta where
 *       the adapter has them;
 *   <li>{@link dev.graft.adapter.SharedProjectionChange}: a low-rank change cut out of matrices that all modules share (VeRA), which
 *       becomes a {@code LowRankChange} once the base's widths are known;
 *   <li>{@link dev.graft.adapter.TensorReplacement}: a whole weight or bias that was trained ({@code modules_to_save}, bias);
 *   <li>{@link dev.graft.adapter.RowReplacement}: some rows of an embedding (trainable tokens).
 * </ul>
 *
 * <p>Scaling is already resolved per module, in double: nothing behind this package knows alpha, rank patterns or rsLoRA.
 * Module paths are those of the user's PyTorch model without PEFT's prefix, such as {@code model.layers.0.self_attn.q_proj}.
 */
@NullMarked
package dev.graft.adapter;

import org.jspecify.annotations.NullMarked;
