/**
 * Reverse-mode differentiation of a graph, as a change of the graph: behind the forward nodes stand the nodes that compute gradients.
 *
 * <p>What is particular to an operator is one entry of a {@link dev.graft.training.autodiff.GradientTable}, made of a {@link
 * dev.graft.training.autodiff.GradientRule}:
 *
 * <pre>
 * broadcast("Mul", 7, g -> g.give(0, () -> g.mul(g.dy(), g.in(1))).give(1, () -> g.mul(g.dy(), g.in(0))))
 * </pre>
 *
 * A rule gives gradients lazily, so that one for a frozen weight is never built. What is common to all is in the {@link
 * dev.graft.training.autodiff.Differentiator} alone: which nodes lie between what is trained and the loss, the order, the sum where a
 * value is read several times, the way back through broadcasting, the link from a backward node to its forward node, and the error
 * for an operator without a rule.
 *
 * <p>Rules write nodes through {@link dev.graft.training.autodiff.Formulas}, which knows how the model's opset wants them.
 */
@NullMarked
package dev.graft.training.autodiff;

import org.jspecify.annotations.NullMarked;
