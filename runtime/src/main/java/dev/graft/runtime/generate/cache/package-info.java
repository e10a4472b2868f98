/**
 * The keys and values of the tokens that a decoder has seen, kept from one run to the next.
 *
 * <p>{@link dev.graft.runtime.generate.cache.CacheLayout} finds which output of a model continues which input: by name where exporters name both alike ({@code
 * past_key_values.0.key}, {@code present.0.key}), else by following the input through the graph to the output that it is joined into. A wrong pair would give fluent
 * nonsense, so what cannot be told is refused.
 *
 * <pre>
 * GrowingCache   what a run gave is what the next one takes, as ONNX Runtime's own tensors: nothing is copied on this side
 * SharedCache    GroupQueryAttention appends in place: one buffer is input and output, nothing is copied at all
 * NoCache        the model has none: every token computes the whole text again
 * CacheRows      several texts in one set of tensors, a row each; the shorter ones are padded where CachePadding says
 * </pre>
 *
 * <p>A cache, or a row of one, belongs to one text and one set of adapters: keys and values of other weights are other numbers.
 */
@NullMarked
package dev.graft.runtime.generate.cache;

import org.jspecify.annotations.NullMarked;
