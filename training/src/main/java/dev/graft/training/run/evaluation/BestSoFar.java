package dev.graft.training.run.evaluation;

import dev.graft.training.run.plan.EvaluationPlan;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The best evaluation of a run so far, and how many there have been since the last gain.
 *
 * @param value the metric's best value; empty before the first evaluation
 * @param step after how many updates it was measured; there if the value is
 * @param withoutGain how many evaluations in a row have not been better by more than the threshold
 */
public record BestSoFar(OptionalDouble value, OptionalLong step, int withoutGain) {
    /** Before the first evaluation. */
    public static final BestSoFar NONE = new BestSoFar(OptionalDouble.empty(), OptionalLong.empty(), 0);

    /** With another evaluation; a gain is counted as transformers' EarlyStoppingCallback does, against the best before. */
    public BestSoFar with(double measured, long atStep, EvaluationPlan plan) {
        if (value.isEmpty()) {
            return new BestSoFar(OptionalDouble.of(measured), OptionalLong.of(atStep), 0);
        }
        double before = value.getAsDouble();
        boolean better = plan.metric().isBetter(measured, before);
        boolean gain = better && Math.abs(measured - before) > plan.threshold();
        int without = gain ? 0 : withoutGain + 1;
        return better
                ? new BestSoFar(OptionalDouble.of(measured), OptionalLong.of(atStep), without)
                : new BestSoFar(value, step, without);
    }

    /** Whether this evaluation is the best. */
    public boolean isAt(long atStep) {
        return step.isPresent() && step.getAsLong() == atStep;
    }

    /** Whether patience is at its end. */
    public boolean isHopeless(EvaluationPlan plan) {
        return plan.patience() > 0 && withoutGain >= plan.patience();
    }
}
