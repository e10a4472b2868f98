package dev.graft.training.run.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.training.step.TrainableLayout.Group;
import dev.graft.training.step.UpdateRule;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanRecordsTest {
    @Test
    void everyGroupHasTheSameLearningRateWithoutLoraPlus() {
        UpdateRule rule = AdamW.ofLearningRate(0.5).withWeightDecay(0.1).ruleAt(0.5);

        assertThat(rule.learningRates())
                .containsOnlyKeys(Group.values())
                .allSatisfy((group, rate) -> assertThat(rate).isEqualTo(0.25));
        assertThat(rule)
                .extracting(UpdateRule::weightDecay, UpdateRule::maxGradientNorm)
                .containsExactly(0.1, 1.0);
        assertThat(rule)
                .extracting(UpdateRule::beta1, UpdateRule::beta2, UpdateRule::epsilon)
                .containsExactly(0.9, 0.999, 1e-8);
    }

    @Test
    void loraPlusHasPeftsGroups() {
        UpdateRule rule = AdamW.ofLearningRate(0.5)
                .withLoraPlus(16, AdamW.LoraPlus.EMBEDDING_LEARNING_RATE)
                .ruleAt(0.5);

        assertThat(rule.learningRates())
                .isEqualTo(Map.of(
                        Group.LORA_A, 0.25,
                        Group.WEIGHT, 0.25,
                        Group.LORA_B, 4.0,
                        Group.VECTOR, 4.0,
                        Group.LORA_EMBEDDING, 0.5e-6));
    }

    @Test
    void aCadenceByStepsRatioOrEpoch() {
        assertThat(due(Cadence.everySteps(3), 4, 10)).containsExactly(3, 6, 9);
        assertThat(due(Cadence.everyRatio(0.25), 4, 10)).containsExactly(3, 6, 9);
        assertThat(due(Cadence.EVERY_EPOCH, 4, 10)).containsExactly(4, 8, 10);
        assertThat(due(Cadence.NEVER, 4, 10)).isEmpty();
        assertThatThrownBy(() -> Cadence.everySteps(0)).hasMessage("every 0.0 STEPS");
        assertThatThrownBy(() -> Cadence.everyRatio(1)).hasMessage("every 1.0 RATIO");
    }

    @Test
    void aRunMayEndWithinAnEpoch() {
        assertThat(RunLength.ofEpochs(1.5).totalUpdates(7)).isEqualTo(11);
        assertThat(RunLength.ofEpochs(3).totalUpdates(7)).isEqualTo(21);
        assertThat(RunLength.ofUpdates(5).totalUpdates(7)).isEqualTo(5);
        assertThatThrownBy(() -> RunLength.ofEpochs(Double.NaN)).hasMessage("no length: NaN epochs, 0 updates");
    }

    private static long[] due(Cadence cadence, long perEpoch, long total) {
        return LongStream.rangeClosed(1, total)
                .filter(update -> cadence.isDue(update, perEpoch, total))
                .toArray();
    }
}
