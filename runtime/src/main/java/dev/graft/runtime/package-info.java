/**
 * Runs models on ONNX Runtime, with adapters that are switched while a session is loaded.
 *
 * <ul>
 *   <li>{@link dev.graft.runtime.session}: models, adapters and tensors, with native memory that cannot be misused;
 *   <li>{@link dev.graft.runtime.inputs}: inputs made up for any model, or read from a file;
 *   <li>{@link dev.graft.runtime.compare}: how far outputs are apart, and whether that is too far;
 *   <li>{@link dev.graft.runtime.latency}: how long models take against each other;
 *   <li>{@link dev.graft.runtime.generate}: text from a causal language model;
 *   <li>{@link dev.graft.runtime.mix}: several adapters added up as one;
 *   <li>{@link dev.graft.runtime.adapters}: one model, many adapters and mixes of them, chosen at each run;
 *   <li>{@link dev.graft.runtime.batching}: rows of one batch with different adapters, and batches made of single requests.
 * </ul>
 *
 * <p>{@code inputs}, {@code compare}, {@code latency} and {@code generate} stand on {@code session}, {@code generate} on {@code inputs}
 * too. Nothing here knows protobuf or the compiler: what only the graph can tell comes from the caller.
 */
@NullMarked
package dev.graft.runtime;

import org.jspecify.annotations.NullMarked;
