/**
 * From logits to the next token, with the meanings and the order of Hugging Face transformers: repetition penalty, temperature, top-k, top-p, then a draw.
 *
 * <p>A {@link dev.graft.runtime.generate.sampling.LogitsStep} changes scores in place; minus infinity is a token that cannot come. {@link
 * dev.graft.runtime.generate.sampling.TokenSampler} does the steps that its settings ask for. Everything is computed in double and in the vocabulary's order, with exponentials of {@link
 * StrictMath} and numbers of {@link java.util.Random}, which are fixed by their specifications: the same logits and seed give the same token everywhere.
 */
@NullMarked
package dev.graft.runtime.generate.sampling;

import org.jspecify.annotations.NullMarked;
