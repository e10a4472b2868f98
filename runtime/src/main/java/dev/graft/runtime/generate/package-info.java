/**
 * Text from a causal language model, one token after the other.
 *
 * <p>{@link dev.graft.runtime.generate.TextModel} gives the logits of the token that follows; {@link dev.graft.runtime.generate.GreedyGenerator} always takes
 * the likeliest. The whole text is computed again for each token, without a cache: that works with every export and is enough for a
 * demonstration. Tokenizers come from outside, as a {@link dev.graft.runtime.generate.TokenizerSource}.
 */
@NullMarked
package dev.graft.runtime.generate;

import org.jspecify.annotations.NullMarked;
