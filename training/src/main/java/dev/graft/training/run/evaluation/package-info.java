/**
 * What a model does on data that it is not trained on: {@link dev.graft.training.run.evaluation.Evaluator} gives an {@link
 * dev.graft.training.run.evaluation.EvaluationResult}, and {@link dev.graft.training.run.evaluation.BestSoFar} remembers the best one and
 * when to stop waiting for a better.
 */
@NullMarked
package dev.graft.training.run.evaluation;

import org.jspecify.annotations.NullMarked;
