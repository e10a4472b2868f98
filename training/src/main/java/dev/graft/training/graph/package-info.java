/**
 * The training graph: an inference model with branches over one flat vector of trainable values, a loss, the backward pass, and the
 * gradient as one flat vector again; beside it a small graph that updates the vector.
 *
 * <pre>
 * parameters [P] -- Split, Reshape --> A, B of each target --> branches of the model --> output --> loss
 *                                                                                                    |
 * accumulated [P] + gradient [P] <-- Concat, Reshape -- dA, dB of each target <-- backward pass -----+
 * </pre>
 *
 * {@link dev.graft.training.graph.TrainingGraph} puts it together: what is trained says a {@link
 * dev.graft.training.graph.TrainingTarget}, the loss is a {@link dev.graft.training.graph.LossHead}. {@link
 * dev.graft.training.graph.BlockGraph} makes one graph of both, in loops, for several updates in one call.
 */
@NullMarked
package dev.graft.training.graph;

import org.jspecify.annotations.NullMarked;
