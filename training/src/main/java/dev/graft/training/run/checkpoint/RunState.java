package dev.graft.training.run.checkpoint;

import dev.graft.training.run.evaluation.BestSoFar;
import java.util.OptionalDouble;

/**
 * Everything that a run carries from one micro-batch to the next, but for what the engine holds.
 *
 * @param position where in its data it is
 * @param accumulation sums since the last update
 * @param interval sums of the updates since the last log line
 * @param run sums of all updates
 * @param best the best evaluation
 * @param evaluationLoss the mean loss of the last evaluation
 * @param seconds how long it has run, over all its processes
 */
public record RunState(
        Position position,
        LossSums accumulation,
        LossSums interval,
        LossSums run,
        BestSoFar best,
        OptionalDouble evaluationLoss,
        double seconds) {
    /** A run that begins. */
    public static final RunState START = new RunState(
            Position.START, LossSums.ZERO, LossSums.ZERO, LossSums.ZERO, BestSoFar.NONE, OptionalDouble.empty(), 0);

    /** After a micro-batch. */
    public RunState afterMicroBatch(LossSums batch) {
        return new RunState(
                position.afterMicroBatch(), accumulation.plus(batch), interval, run, best, evaluationLoss, seconds);
    }

    /** After the update that the accumulation was for. */
    public RunState afterUpdate() {
        return new RunState(
                position.afterUpdate(),
                LossSums.ZERO,
                interval.plus(accumulation),
                run.plus(accumulation),
                best,
                evaluationLoss,
                seconds);
    }

    /** After a log line. */
    public RunState afterLogging() {
        return new RunState(position, accumulation, LossSums.ZERO, run, best, evaluationLoss, seconds);
    }

    /** After an evaluation. */
    public RunState afterEvaluation(double loss, BestSoFar newBest) {
        return new RunState(position, accumulation, interval, run, newBest, OptionalDouble.of(loss), seconds);
    }

    /** The same after so long a time. */
    public RunState withSeconds(double newSeconds) {
        return new RunState(position, accumulation, interval, run, best, evaluationLoss, newSeconds);
    }
}
