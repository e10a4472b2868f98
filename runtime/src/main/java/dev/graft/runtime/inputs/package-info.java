/**
 * Inputs to try a model with: made up from its description, or read from a file.
 *
 * <p>{@link dev.graft.runtime.inputs.SampleInputs} knows the roles that inputs of exported models play ({@link
 * dev.graft.runtime.inputs.InputRole}: token ids, masks, positions, an empty cache, pictures, sound, other numbers) and makes values that such a
 * model accepts, the same ones for the same seed on every machine. What only the graph or the model's configuration can tell, such as the size of the
 * vocabulary, comes as {@link dev.graft.runtime.inputs.InputHints}. {@link dev.graft.runtime.inputs.InputFiles} reads a user's own inputs from safetensors
 * or JSONL; inputs that can be derived from those given (masks, positions, an empty cache) may be left out.
 *
 * <p>Dimensions of the same symbol get the same length in all inputs of one sample; the cache is empty, so a total length is the
 * current length.
 */
@NullMarked
package dev.graft.runtime.inputs;

import org.jspecify.annotations.NullMarked;
