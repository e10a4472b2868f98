package dev.graft.training.run.report;

import java.util.OptionalDouble;

/**
 * How an update, or all updates since the last log line, went.
 *
 * @param step how many updates have been done
 * @param totalSteps how many there will be
 * @param epoch how many passes over the data have been done, with a fraction
 * @param loss the mean over the labels that count
 * @param learningRate of the last update; of A where there are several
 * @param gradientNorm of the last update, before clipping; not finite where it overflowed under the loss scale and the update was skipped
 * @param tokensPerSecond since the last log line
 * @param tokens how many have gone through the model in the run
 * @param clock how long it has taken and will
 * @param peakMemoryMb the process's largest resident memory in MiB, where the system tells
 */
public record StepReport(
        long step,
        long totalSteps,
        double epoch,
        double loss,
        double learningRate,
        double gradientNorm,
        double tokensPerSecond,
        long tokens,
        RunClock clock,
        OptionalDouble peakMemoryMb) {}
