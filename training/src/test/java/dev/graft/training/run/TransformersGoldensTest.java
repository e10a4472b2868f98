package dev.graft.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.training.run.plan.Schedule;
import dev.graft.training.run.plan.WarmUp;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Every factor of transformers' get_scheduler and every number of steps that it makes of a ratio. */
class TransformersGoldensTest {
    private static final Goldens GOLDENS = Goldens.read();

    @Test
    void schedulesAreTransformers() {
        for (Goldens golden : GOLDENS.objects("schedules")) {
            Schedule.Kind kind = Schedule.Kind.valueOf(golden.text("kind").toUpperCase(Locale.ROOT));
            Schedule schedule = new Schedule(kind, WarmUp.ofSteps((long) golden.number("warmup")));
            double[] expected = golden.numbers("factors");

            for (int update = 0; update < expected.length; update++) {
                assertThat(schedule.factor(update, (long) golden.number("total")))
                        .as("%s, update %d", schedule, update)
                        .isCloseTo(expected[update], within(1e-15));
            }
        }
        assertThat(GOLDENS.objects("schedules")).hasSize(20);
    }

    @Test
    void ratiosAreRoundedUp() {
        assertThat(GOLDENS.objects("warmups"))
                .hasSize(5)
                .allSatisfy(golden -> assertThat(
                                WarmUp.ofRatio(golden.number("ratio")).stepsOf((long) golden.number("total")))
                        .isEqualTo((long) golden.number("steps")));
    }
}
