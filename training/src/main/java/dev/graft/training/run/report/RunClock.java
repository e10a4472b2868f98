package dev.graft.training.run.report;

/**
 * How long a run has taken and will.
 *
 * @param elapsedSeconds so far, over all its processes
 * @param remainingSeconds an estimate, at the pace of this process
 */
public record RunClock(double elapsedSeconds, double remainingSeconds) {}
