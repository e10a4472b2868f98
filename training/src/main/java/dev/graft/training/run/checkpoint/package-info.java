/**
 * Checkpoints from which a run goes on as if it had never been stopped.
 *
 * <p>A checkpoint is a folder {@code checkpoint-N} of N updates, or {@code checkpoint-N-micro-M} with M micro-batches of the next update
 * done, that holds
 *
 * <pre>
 * state.json            where the run is: {@link dev.graft.training.run.checkpoint.RunState}, and what it goes by
 * engine.safetensors    float32 [n] each: parameters, first_moment, second_moment, gradient; metadata "updates"
 * (the adapter)         as {@link dev.graft.training.run.checkpoint.AdapterWriter} writes it, for use without the run
 * </pre>
 *
 * <p>{@link dev.graft.training.run.checkpoint.CheckpointStore} writes them whole or not at all, finds the newest and removes those that
 * are too many. Floating-point sums are written in hexadecimal, so that each bit returns.
 */
@NullMarked
package dev.graft.training.run.checkpoint;

import org.jspecify.annotations.NullMarked;
