package dev.graft.training.run.report;

import dev.graft.training.run.evaluation.EvaluationResult;

/**
 * What an evaluation gave.
 *
 * @param step after how many updates
 * @param totalSteps how many there will be
 * @param epoch how many passes over the data have been done, with a fraction
 * @param result what was measured
 * @param best whether it is the best so far
 * @param clock how long the run has taken and will
 */
public record EvaluationReport(
        long step, long totalSteps, double epoch, EvaluationResult result, boolean best, RunClock clock) {}
