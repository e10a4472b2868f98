/**
 * Rows of one batch with different adapters, as S-LoRA and Punica do it on GPUs, on plain ONNX Runtime.
 *
 * <p>The model is one that {@code graft attach --style batched} made: it has an input {@code adapter_slot} [batch] and, for every module, A and B of all slots.
 * Slot 0 is the base.
 *
 * <ul>
 *   <li>{@link dev.graft.runtime.batching.BatchedModel}: runs a batch whose rows use different adapters. It keeps the slots: an adapter goes into a slot when a run needs
 *       it, stays there while runs use it, and makes room for others when it was used longest ago.
 *   <li>{@link dev.graft.runtime.batching.BatchingRuntime}: takes single requests, each with an adapter, from any number of threads, and makes batches of them.
 *   <li>{@link dev.graft.runtime.batching.RowRunner}: the same for rows that are all there already, such as texts that are generated side by side.
 *   <li>{@link dev.graft.runtime.batching.BatchSteps}: runs one after the other that feed each other, as a text in a cache needs them.
 *   <li>{@link dev.graft.runtime.batching.BatchListener}: hears of batches, queue times and slots.
 * </ul>
 *
 * <p>Slots are memory outside the Java heap that ONNX Runtime reads in place: putting an adapter in is one copy of its factors and needs no new session.
 */
@NullMarked
package dev.graft.runtime.batching;

import org.jspecify.annotations.NullMarked;
