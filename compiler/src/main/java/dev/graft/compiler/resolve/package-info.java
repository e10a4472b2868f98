/**
 * From an adapter's module paths to the places in an ONNX graph where those modules' weights are used.
 *
 * <p>{@link dev.graft.compiler.resolve.SiteFinder} lists every {@link dev.graft.compiler.resolve.Site}: a node that uses a weight,
 * the stored tensor behind it, how that tensor is oriented, and every name under which the site can be known, each with the rule that gave it.
 * {@link dev.graft.compiler.resolve.Resolver} matches an adapter's changes to sites and yields {@link
 * dev.graft.compiler.resolve.Binding}s, or one error that lists what did not fit, the nearest candidates and why each was not taken.
 *
 * <p>The rules, strongest first ({@link dev.graft.compiler.resolve.Rule}): an explicit map, the values of the base checkpoint, the
 * node's module scope, the weight's original name, the node's name, the aliases of onnxruntime-genai.
 */
@NullMarked
package dev.graft.compiler.resolve;

import org.jspecify.annotations.NullMarked;
