/**
 * Attach: low-rank side branches beside the base's nodes, whose weights stay as they are.
 *
 * <p>{@link dev.graft.compiler.attach.Attacher} reads the base for editing, locates each binding's node, and adds
 *
 * <pre>
 * folded     y = x · (W + A·B)              single and double precision: the sum is put together when the session is created,
 *                                           a run costs what the base's costs
 * widened    y = [x, x·A] · [W; B]           16-bit weights, which a sum would round: one product and one Concat for all targets that read x,
 *                                           [W; B] is put together once, when the session is created
 * addend     y = x·W + (x·A·B + c)           Gemm: the branch goes in where the bias was
 * branch     y = x·W + x·A·B                 large or quantised weights, and style input of style input
 * conv       y = W * x + B *₁ (A * x)        B is a 1x1 convolution
 * lookup     y = E[i] + A[i]·B               embeddings
 * rows       y = x·W + x·A[slot]·B[slot]      style batched: A and B of all slots, and a slot per row of the batch, are inputs
 * </pre>
 *
 * {@link dev.graft.compiler.attach.AttachForm#BESIDE} leaves the first one out. The scaling is part of B. Targets that read the same value share one product with their A side by side. In style {@code input} A and B
 * are graph inputs with a default of rank 0, so that an {@code .onnx_adapter} can be switched in and out.
 */
@NullMarked
package dev.graft.compiler.attach;

import org.jspecify.annotations.NullMarked;
