/**
 * Training graphs on ONNX Runtime: {@link dev.graft.training.engine.OrtTrainingEngine}.
 *
 * <p>What is carried from step to step lies in memory outside the Java heap that ONNX Runtime reads and writes in place; each vector is
 * there twice, and the two change roles when a step has succeeded, so that a step that fails has changed nothing.
 *
 * <p>A step is two calls: loss and gradient ({@code GradientRuns}), then the update ({@code Optimiser}). Where it is asked for, several
 * updates are one call ({@code UpdateBlocks}), which gives the same bits.
 */
@NullMarked
package dev.graft.training.engine;

import org.jspecify.annotations.NullMarked;
