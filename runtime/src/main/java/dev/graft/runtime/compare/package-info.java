/**
 * How far two models' outputs are apart, and whether that is too far.
 *
 * <p>{@link dev.graft.runtime.compare.OutputComparison} measures: maximum and mean error, error relative to the output's scale, cosine, agreement of the
 * first choice, divergence where the output is a distribution, values that are not finite, and where the worst element is. {@link
 * dev.graft.runtime.compare.NumericVerdict} decides whether a merged model is as good as base and adapter side by side, with a tolerance that is measured from the
 * models themselves. {@link dev.graft.runtime.compare.ErrorHistogram} shows how the errors are distributed.
 *
 * <p>Everything here is computed in double from {@link dev.graft.runtime.session.HostTensor}s of any type.
 */
@NullMarked
package dev.graft.runtime.compare;

import org.jspecify.annotations.NullMarked;
