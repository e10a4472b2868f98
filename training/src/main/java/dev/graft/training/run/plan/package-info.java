/**
 * What a run is asked to do, as plain values; nothing here knows a file of settings.
 *
 * <p>A {@link dev.graft.training.run.plan.RunPlan} holds the length, the optimiser's numbers, the learning rate's schedule and when to
 * log, evaluate and save. {@link dev.graft.training.run.plan.MicroBatches} is where the data comes from. Formulas and names are
 * those of transformers 5 (optimization.py, trainer.py), so that a run can be compared with one there.
 *
 * <pre>{@code
 * RunPlan plan = new RunPlan(
 *         Task.LANGUAGE_MODEL,
 *         new UpdatePlan(RunLength.ofEpochs(3), 8, AdamW.ofLearningRate(1e-4), new Schedule(COSINE, WarmUp.ofRatio(0.1)), 42),
 *         EvaluationPlan.of(Cadence.EVERY_EPOCH),
 *         new OutputPlan(Path.of("out"), Start.NEW, Cadence.everySteps(10), Cadence.everySteps(500), 2, false),
 *         Map.of("model", "sha256:..."));
 * }</pre>
 */
@NullMarked
package dev.graft.training.run.plan;

import org.jspecify.annotations.NullMarked;
