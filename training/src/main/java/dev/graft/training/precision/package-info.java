/**
 * Mixed precision: matrix products in float16 or bfloat16, everything that must be exact in float32.
 *
 * <p>{@link dev.graft.training.precision.Activations} says which format a training graph computes in and on which device. {@link
 * dev.graft.training.precision.MixedPrecision} rewrites the forward graph before it is differentiated, so that the backward graph comes out in
 * the same formats by the rules alone; {@link dev.graft.training.precision.KernelCasts} then writes out in float32 what the device has no kernel for.
 *
 * <pre>
 *               low                          as its inputs                   float32
 *   products of activations       elementwise, gates, layout        norms, softmax, loss, sums, positions
 * </pre>
 *
 * <p>What is trained, its gradient and its moments are float32 throughout: a Cast stands between a factor and its product, and the
 * gradient comes back through it.
 */
@NullMarked
package dev.graft.training.precision;

import org.jspecify.annotations.NullMarked;
