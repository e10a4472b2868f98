/**
 * From an adapter's module paths to the places in an ONNX graph where those modules' weights are used.
 *
 * <p>{@link dev.graft.compiler.resolve.SiteFinder} lists every {@link dev.graft.compiler.resolve.Site}: a node that uses a weight,
 * the stored tensor behind it, how that tensor is oriented, and every name under which the site can be known, each with the
 * rule that gave it. Weights are traced through Identity, Cast, Transpose, Reshape and DequantizeLinear, out of subgraphs and into
 * functions. {@link dev.graft.compiler.resolve.Resolver} matches an adapter's changes to sites and yields {@link
 * dev.graft.compiler.resolve.Binding}s, or one error that lists what did not fit, the nearest candidates and why each was not taken
 * ({@link dev.graft.compiler.resolve.Resolver#attempt} gives both). {@link dev.graft.compiler.resolve.ConsumerIndex} says who else
 * reads a tensor's bytes.
 *
 * <p>How a change finds its site:
 *
 * <ol>
 *   <li>Sites whose module path equals the change's, or one is the end of the other: exporters put wrappers in front. The strongest
 *       {@link dev.graft.compiler.resolve.Rule} that has a site of the right kind decides: map, values of the base checkpoint, the
 *       node's module scope, the weight's original name, the node's name, the aliases of onnxruntime-genai (whose packed qkv is sliced).
 *   <li>The shapes must agree. Where two places fit, the one under the prefix that the other changes have is meant; else it is
 *       an error. A numbered prefix is never dropped.
 *   <li>A module that is called several times is bound at each call, with one and the same view: a merge changes it once, an
 *       attachment branches at each.
 * </ol>
 *
 * <p>Orientation needs no guess: what an operator computes says which axis of its weight is the inputs, for square weights too
 * ({@link dev.graft.compiler.resolve.SiteShapes}). Only a tensor that is replaced as a whole comes in PyTorch's own layout ({@link
 * dev.graft.compiler.resolve.ReplacementFit}).
 */
@NullMarked
package dev.graft.compiler.resolve;

import org.jspecify.annotations.NullMarked;
