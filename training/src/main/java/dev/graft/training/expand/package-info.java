/**
 * Passes that write a model out in operators that have a gradient. {@link dev.graft.training.expand.ExpansionPasses#forTraining}
 * gives them in their order:
 *
 * <pre>
 * InlineFunctionsPass   model-local functions become the nodes they stand for
 * WideningPass          what a file has in 16 bits is computed in float32
 * EmptyCachePass        inputs for past keys and values become empty tensors inside, or go
 * ConstantIfPass        If with a constant condition becomes the branch that is taken
 * FusedOperatorsPass    attentions, skip normalisations, quantised products ... in primitive operators
 * TrainingFusionPass    root mean squares, gates and rotations that exporters took apart, in one operator each
 * </pre>
 *
 * <p>Each pass leaves a model whose outputs are what they were (of a file in 16 bits: what they would be without rounding in between). What a pass cannot write out exactly stays as it is: the differentiator
 * refuses it, by name, if the gradient has to pass it.
 *
 * <p><b>A fused operator</b> is one entry in the table of {@link dev.graft.training.expand.FusedOperatorsPass} and one {@code
 * Expansion}: a function that reads inputs, attributes and types from a {@code NodeExpansion}, writes formulas with it and gives the
 * outputs. Its test runs operator and expansion through ONNX Runtime. <b>A fusion</b> is a {@code FusionRule} in the list of {@link
 * dev.graft.training.expand.TrainingFusionPass}; its test shows what it replaces and, one by one, what it leaves alone.
 */
@NullMarked
package dev.graft.training.expand;

import org.jspecify.annotations.NullMarked;
