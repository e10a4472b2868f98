/**
 * How gradients are checked: against central differences of the forward graph, computed by ONNX Runtime, in float64 wherever it has
 * kernels. {@link dev.graft.training.autodiff.GradientCheck} does it for any model.
 */
@NullMarked
package dev.graft.training.autodiff;

import org.jspecify.annotations.NullMarked;
