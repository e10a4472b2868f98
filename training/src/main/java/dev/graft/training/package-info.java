/**
 * Training: from an inference model and data to an adapter, on stock ONNX Runtime.
 *
 * <pre>
 * types      what ONNX Runtime infers of every value: number format and dimensions
 * expand     functions, constant branches and fused operators, written out in operators that have a gradient
 * autodiff   the table of gradient rules, and the driver that applies it backwards through a graph
 * graph      the training graph: branches over one flat vector of trainable values, loss heads, optimiser
 * step       that graph on ONNX Runtime: batch in, gradient and loss out
 * data       files of examples to batches
 * config     the YAML file
 * run        the loop: schedule, accumulation, evaluation, checkpoints, logs
 * </pre>
 */
@NullMarked
package dev.graft.training;

import org.jspecify.annotations.NullMarked;
