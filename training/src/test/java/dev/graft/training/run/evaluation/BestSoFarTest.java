package dev.graft.training.run.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.run.plan.Cadence;
import dev.graft.training.run.plan.EvaluationPlan;
import dev.graft.training.run.plan.Metric;
import org.junit.jupiter.api.Test;

class BestSoFarTest {
    private static final EvaluationPlan PLAN = new EvaluationPlan(Cadence.everySteps(1), Metric.LOSS, true, 2, 0.1);

    @Test
    void aSmallGainIsTheBestButDoesNotResetThePatience() {
        BestSoFar best = BestSoFar.NONE.with(1.0, 1, PLAN).with(0.95, 2, PLAN);

        assertThat(best.isAt(2)).isTrue();
        assertThat(best.withoutGain()).isEqualTo(1);
        assertThat(best.isHopeless(PLAN)).isFalse();
        assertThat(best.with(0.94, 3, PLAN).isHopeless(PLAN)).isTrue();
        assertThat(best.with(0.8, 3, PLAN).withoutGain()).isZero();
    }

    @Test
    void anEqualValueIsNotBetterAndGreaterIsForAccuracy() {
        EvaluationPlan accuracy = new EvaluationPlan(Cadence.everySteps(1), Metric.ACCURACY, true, 0, 0);

        BestSoFar best =
                BestSoFar.NONE.with(0.5, 1, accuracy).with(0.5, 2, accuracy).with(0.4, 3, accuracy);

        assertThat(best.isAt(1)).isTrue();
        assertThat(best.with(0.6, 4, accuracy).isAt(4)).isTrue();
        // without patience there is always hope
        assertThat(best.isHopeless(accuracy)).isFalse();
    }
}
