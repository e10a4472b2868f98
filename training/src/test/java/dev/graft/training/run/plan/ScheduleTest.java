package dev.graft.training.run.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The numbers are of transformers' formulas, worked out by hand; TransformersGoldensTest has whole courses. */
class ScheduleTest {
    @Test
    void linearRisesAndFalls() {
        Schedule schedule = new Schedule(Schedule.Kind.LINEAR, WarmUp.ofSteps(2));

        assertThat(factors(schedule, 6)).containsExactly(0, 0.5, 1, 0.75, 0.5, 0.25);
    }

    @Test
    void cosineIsHalfWayInTheMiddle() {
        Schedule schedule = new Schedule(Schedule.Kind.COSINE, WarmUp.NONE);

        assertThat(schedule.factor(4, 8)).isCloseTo(0.5, within(1e-15));
        assertThat(schedule.factor(0, 8)).isEqualTo(1);
        assertThat(schedule.factor(2, 8)).isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-15));
    }

    @Test
    void constantHasNoWarmUpUnlessItSaysSo() {
        assertThat(factors(new Schedule(Schedule.Kind.CONSTANT, WarmUp.ofSteps(2)), 3))
                .containsExactly(1, 1, 1);
        assertThat(factors(new Schedule(Schedule.Kind.CONSTANT_WITH_WARMUP, WarmUp.ofSteps(2)), 4))
                .containsExactly(0, 0.5, 1, 1);
    }

    @Test
    void aRunMayBeAllWarmUp() {
        assertThat(factors(new Schedule(Schedule.Kind.LINEAR, WarmUp.ofSteps(4)), 4))
                .containsExactly(0, 0.25, 0.5, 0.75);
        assertThat(new Schedule(Schedule.Kind.LINEAR, WarmUp.ofSteps(4)).factor(4, 4))
                .isZero();
    }

    @Test
    void aWarmUpIsNoMoreThanTheRun() {
        assertThatThrownBy(() -> WarmUp.ofRatio(1.5)).hasMessage("no warm-up: 0 steps, ratio 1.5");
    }

    private static double[] factors(Schedule schedule, int total) {
        double[] factors = new double[total];
        for (int update = 0; update < total; update++) {
            factors[update] = schedule.factor(update, total);
        }
        return factors;
    }
}
